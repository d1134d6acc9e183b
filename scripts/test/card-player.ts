import type { TestContext } from 'vitest';

interface View {
  readonly hand: readonly string[];
  readonly top: string;
  readonly players: readonly (readonly [name: string, cards: number])[];
  readonly turn?: string;
  readonly news: string;
  readonly winner?: string;
}

/** Plays the example `cards` as its page does. */
export class CardPlayer {
  name = '';
  view: View | undefined;
  readonly #url: string;
  readonly #leaving = new AbortController();
  #secret = '';
  #looking: (() => void) | undefined;

  constructor(url: string, context: TestContext) {
    this.#url = url;
    context.onTestFinished(() => this.leave());
  }

  /** Takes a seat, and hears from now on what happens at the table. */
  async join(): Promise<void> {
    const response = await fetch(`${this.#url}/game`, { signal: this.#leaving.signal });
    void this.#hear(response.body!).catch(() => {}); // it left
    await this.until(() => this.#secret !== '');
  }

  /** Gives the status of the answer. */
  async choose(move: string, secret = this.#secret): Promise<number> {
    const query = new URLSearchParams({ secret, move });
    const { status } = await fetch(`${this.#url}/move?${query}`, { method: 'POST' });
    return status;
  }

  leave(): void {
    this.#leaving.abort();
  }

  /** Waits until what the player sees is so. */
  async until(isSo: (view: View | undefined) => boolean): Promise<View> {
    while (!isSo(this.view)) await new Promise<void>((resolve) => (this.#looking = resolve));
    return this.view!;
  }

  async #hear(stream: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      const events = (text + part).split('\n\n');
      text = events.pop() ?? '';
      for (const each of events) this.#take(each);
    }
  }

  #take(event: string): void {
    const [, kind, data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? [];
    const value: unknown = JSON.parse(data);
    if (kind === 'view') this.view = value as View;
    if (kind === 'seat')
      ({ name: this.name, secret: this.#secret } = value as { name: string; secret: string });
    this.#looking?.();
  }
}
