import type { Log } from './log.ts';

export interface OpenLogOptions {
  readonly cluster: string;
  readonly warn: (text: string) => void;
  readonly creds?: string;
}

export async function openLog(url: string, options: OpenLogOptions): Promise<Log> {
  const { NatsLog } = await import('./logs/nats.ts');
  return NatsLog.open({ urls: url.split(',').map((one) => new URL(one)), openMs: 10_000, ...options });
}
