/**
 * How many lines of each kind a log or console shows per minute. The rest is counted. Events that strangers can cause
 * get few.
 */
export const LINES_A_MINUTE = {
  join: 100,
  leave: 100,
  /** FINs of clients, and to them. */
  fin: 100,
  refuse: 5,
  wrongToken: 5,
  drop: 10,
  /** Clients that are read more slowly from now on. */
  throttle: 10,
  fault: 10,
  handlerError: 10,
  /** Turns that passed. */
  skip: 100,
  /** Clients for which nobody waits any more. */
  passedOver: 20,
  /** Rooms whose turns are held, or go on. */
  hold: 60,
  /** Quits of one room, and how they went. */
  quit: 100,
  remind: 60,
  /** Servers that share the rooms and come up, leave, or are gone. */
  node: 60,
  /** Of each code and each address. */
  cut: 1,
} as const;

const WINDOW_MS = 60_000;
const MAX_KINDS = 1_000;
const OTHERS = 'others';

interface Window {
  readonly until: number;
  shown: number;
  more: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Lets the first few of a kind through, and counts the rest for that minute.
 *
 * Shape:  a kind is any text, such as `refuse SERVER_FULL`. Beyond 1,000 kinds in a minute, new ones are counted as one
 *         kind, `others`.
 * Units:  memory is bounded by the kinds; work is constant per event.
 */
export class RateLimit {
  readonly #say: (more: number, kind: string) => void;
  readonly #windows = new Map<string, Window>();

  /** `say`: a minute is over, or `flush()` was called, and this many of a kind weren't let through. */
  constructor(say: (more: number, kind: string) => void) {
    this.#say = say;
  }

  /** Whether to show one more of this kind. If not, it has been counted. */
  admits(kind: string, linesAMinute: number): boolean {
    const [key, window] = this.#window(kind);
    if (window.shown < linesAMinute) {
      window.shown++;
      return true;
    }
    window.more++;
    window.timer ??= setTimeout(() => this.#end(key), window.until - performance.now()).unref();
    return false;
  }

  /** Reports the count of every kind so far, and forgets it. */
  flush(): void {
    for (const kind of this.#windows.keys()) this.#end(kind);
  }

  #window(kind: string): [string, Window] {
    const now = performance.now();
    const known = this.#windows.get(kind);
    if (known !== undefined && (now < known.until || known.more > 0)) return [kind, known];
    if (known === undefined && this.#windows.size >= MAX_KINDS) {
      this.#forgetOver(now);
      if (this.#windows.size >= MAX_KINDS && kind !== OTHERS) return this.#window(OTHERS);
    }
    const fresh: Window = { until: now + WINDOW_MS, shown: 0, more: 0, timer: undefined };
    this.#windows.set(kind, fresh);
    return [kind, fresh];
  }

  /** Windows that nobody waits for any more. */
  #forgetOver(now: number): void {
    for (const [kind, { until, more }] of this.#windows)
      if (until <= now && more === 0) this.#windows.delete(kind);
  }

  #end(kind: string): void {
    const window = this.#windows.get(kind);
    if (window === undefined) return;
    this.#windows.delete(kind);
    clearTimeout(window.timer);
    if (window.more > 0) this.#say(window.more, kind);
  }
}

/** What distinguishes a client in a log: its address without the port. */
export function hostOf(address: string): string {
  return address.replace(/:\d+$/, '');
}
