/**
 * What a client hears next: a line with its `text` and no line end, the end of the stream, or nothing, with `why` for
 * people.
 */
export type Heard =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'none'; readonly why: string };

/** One connection to the server that is compared with a transcript. */
export interface Peer {
  /** Sends bytes, one code unit each. */
  send(bytes: string): Promise<void> | void;
  /** Half-closes. */
  end(): void;
  /** Resets the connection. */
  vanish(): Promise<void> | void;
  /** What is heard next. Not called again after `end` or `none`. */
  next(): Promise<Heard>;
}

/** What one client has heard, and nobody has looked at yet. */
export class Hearing {
  readonly peer: Peer;
  /** Whether it has stopped sending. */
  isClosing = false;
  /** Whether an unexpected end of its stream was reported. */
  isOver = false;
  #ahead: Heard[] = [];
  #last: Heard | undefined;
  #syncs = 0;

  constructor(peer: Peer) {
    this.peer = peer;
  }

  async next(): Promise<Heard> {
    return this.#ahead.shift() ?? this.#listen();
  }

  /** What was heard and will be heard again, first heard first. */
  putBack(heard: readonly Heard[]): void {
    this.#ahead.unshift(...heard);
  }

  /** Everything heard so far. */
  takeAll(): Heard[] {
    return this.#ahead.splice(0);
  }

  /**
   * Waits until the server has read everything sent: it answers a ping in its place. Otherwise returns why it hasn't.
   */
  async sync(): Promise<string | undefined> {
    if (this.isClosing || this.#last !== undefined) return undefined;
    const text = `sync ${++this.#syncs}`;
    await this.peer.send(`/ping ${text}\n`);
    for (;;) {
      const heard = await this.#listen();
      if (heard.kind === 'line' && heard.text === `* PONG ${text}`) return undefined;
      this.#ahead.push(heard);
      // A server that has ended the stream won't read any more.
      if (heard.kind === 'end') return undefined;
      if (heard.kind === 'none') return heard.why;
    }
  }

  async #listen(): Promise<Heard> {
    if (this.#last !== undefined) return this.#last;
    const heard = await this.peer.next();
    if (heard.kind !== 'line') this.#last = heard;
    return heard;
  }
}
