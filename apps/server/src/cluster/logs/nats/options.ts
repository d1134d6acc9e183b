import { ClusterError } from '../../cluster-error.ts';

/** The largest message: a part of a snapshot in base64, with what is around it. */
export const MOST_PAYLOAD = 786_432;

export interface NatsOptions {
  /** Addresses as `nats://[USER:PASSWORD@]HOST[:PORT]` or `tls://...`. Any server of one NATS cluster. */
  readonly urls: readonly URL[];
  readonly cluster: string;
  /** The text of a credentials file. */
  readonly creds?: string | undefined;
  readonly warn: (text: string) => void;
  /** For how long it tries. In milliseconds. */
  readonly openMs: number;
}

/** The addresses as they may be shown. */
export function shown(urls: readonly URL[]): string {
  return urls.map(({ protocol, host }) => `${protocol}//${host}`).join(',');
}

/** `state`: what is wrong, and what to do. */
export function cannot({ urls }: Pick<NatsOptions, 'urls'>, state: string, cause?: unknown): ClusterError {
  return new ClusterError('unreachable', `Cannot join ${shown(urls)}: ${state}`, { cause });
}
