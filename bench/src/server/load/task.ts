/** What the load is to do: open connections to a server, send for a while, close. */
export type Task =
  | {
      readonly kind: 'answers';
      /** Of one server, or of several that share their rooms: the clients go round them. */
      readonly ports: readonly number[];
      readonly clients: number;
      /** Lines in one write; the next one follows when all are answered. */
      readonly batch: number;
      /** Nobody is answered unless everybody sends: all must stop after the same number of lines. */
      readonly together: boolean;
      /** How long each write waits for its answers is wanted, too. */
      readonly timed?: boolean;
      /** @default false */
      readonly tls?: boolean;
    }
  | {
      readonly kind: 'relay';
      /** The sender is on the first; the receivers go round them. */
      readonly ports: readonly number[];
      readonly receivers: number;
      readonly batch: number;
      readonly dialect: 'ours' | 'bare' | 'redis' | 'nats';
    }
  | { readonly kind: 'idle'; readonly port: number; readonly clients: number; readonly sampled: number };

/** What was done in one round. */
export interface Round {
  /** Lines answered, or delivered. */
  readonly lines: number;
  readonly seconds: number;
  /** Processor time of the load. */
  readonly cpuSeconds: number;
  /** From a write until all its answers are there, where that is asked for. */
  readonly latency?: { readonly p50Ms: number; readonly p99Ms: number };
}

/** Connections that are open, and what can be done with them. */
export interface Opened {
  round(ms: number): Promise<Omit<Round, 'cpuSeconds'>>;
  close(): void;
}

export type Request =
  | { readonly do: 'open'; readonly key: string; readonly task: Task }
  | { readonly do: 'round'; readonly key: string; readonly ms: number }
  | { readonly do: 'close'; readonly key: string };

export type Reply = { readonly round?: Round } | { readonly error: string };
