import type { ServerOptions } from '@proto/server';

/** A world as plain data: everything that its seed decided. The same plan gives the same bytes, on any machine. */
export interface Plan {
  readonly seed: number;
  /** Those of every server. `transform` isn't among them: see `handler`. */
  readonly options: Readonly<Omit<ServerOptions, 'transform'>> & { readonly transform?: 'upper' | 'none' };
  /** Lines go to a handler, which does what their first letters say (`world/handler.ts`). */
  readonly handler: boolean;
  /** How many servers share the rooms. 1: a server alone. */
  readonly nodes: number;
  /** How the journal of a server alone, or the log that several share, gives entries back. */
  readonly journal: JournalPlan;
  /** What one look at the clock costs: a slow machine. In milliseconds. */
  readonly lookMs: number;
  /**
   * Somebody listens to everything, and throws in some of it. `nobody`: not even the checks listen to lines and entries, and a server
   * alone has its own journal, so it may take its shortest way. The clients see what comes of it.
   */
  readonly watcher: 'nobody' | 'none' | 'listens' | 'throws';
  readonly clients: readonly ClientPlan[];
  readonly steps: readonly Step[];
  /** When the operator closes what isn't closed by then. In milliseconds. */
  readonly closeAt: number;
}

/** Shares are from 0 to 1, delays in milliseconds. A server alone has only the delay. */
export interface JournalPlan {
  readonly delayMs: number;
  readonly dropped: number;
  readonly misreported: number;
  readonly doubled: number;
}

export interface ClientPlan {
  readonly kind: ClientKind;
  /** The server that it connects to. */
  readonly node: number;
  /** What it is counted by. */
  readonly host: string;
  /** The shortest way of a byte, and how much longer it may take. In milliseconds. */
  readonly latencyMs: number;
  readonly jitterMs: number;
  /** How its bytes are cut: each by itself, anywhere, or as large as they may be. */
  readonly cut: 'bytes' | 'anywhere' | 'whole';
  /** What the kernels hold for it, each way: not yet sent, and not yet read. In bytes. */
  readonly sendBytes: number;
  readonly receiveBytes: number;
  /** How many bytes it reads at a time; 0: all there are, at once. Otherwise one such read in 10 ms. */
  readonly readBytes: number;
  /** After the server's FIN it keeps its own side open. */
  readonly clings: boolean;
}

export const CLIENT_KINDS = [
  'honest',
  'lockstep',
  'flooding',
  'slow',
  'deaf',
  'hostile',
  'halting',
  'foreign',
  'vanishing',
  'quitting',
  'moving',
] as const;

export type ClientKind = (typeof CLIENT_KINDS)[number];

/** Something that is done at a time, in milliseconds from the start of the world. */
export type Step = ClientStep | OperatorStep;

export type ClientStep = { readonly at: number; readonly client: number } & (
  | { readonly do: 'connect' }
  /** Bytes, one character each. `next`: once all its lines so far are answered. */
  | { readonly do: 'send'; readonly bytes: string; readonly next?: true }
  /** It ends its stream, and still reads. */
  | { readonly do: 'fin' }
  /** It resets the connection. */
  | { readonly do: 'reset' }
  /** Nothing gets through any more, either way, and nobody is told. */
  | { readonly do: 'vanish' }
  /** It stops reading, or reads again. */
  | { readonly do: 'deafen' | 'listen' }
);

export type OperatorStep = { readonly at: number; readonly node: number } & (
  | { readonly do: 'hold' | 'release'; readonly room: string }
  | { readonly do: 'step'; readonly room: string; readonly turns: number }
  | { readonly do: 'say'; readonly room?: string; readonly text: string }
  | { readonly do: 'kick'; readonly client: number }
  | { readonly do: 'ban'; readonly host: string; readonly ms: number }
  | { readonly do: 'drain'; readonly ms: number }
  | { readonly do: 'close'; readonly graceMs: number }
);

export function isOfClient(step: Step): step is ClientStep {
  return 'client' in step && !('node' in step);
}
