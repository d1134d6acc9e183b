import type { Readable } from 'node:stream';
import { type Decoder, type Frame, formatFault, isFault, lines } from '@proto/codec';
import { frames } from '@proto/codec/node';

/** A bulk string is bytes: `String(reply)` is its text. A map is a list: key, value, key, value. */
export type Reply = null | boolean | number | bigint | string | Buffer | RedisError | Reply[];
export class RedisError extends Error {}

const framing = lines({ terminator: 'crlf', charset: 'utf8', maxTakeBytes: 64 * 1024 * 1024 });
const SIMPLE: Readonly<Record<string, (text: string) => Reply>> = {
  '+': (text) => text,
  '-': (text) => new RedisError(text),
  ':': (text) => Number(text),
  ',': (text) => Number(text.replace('inf', 'Infinity')),
  '(': (text) => BigInt(text),
  '#': (text) => text === 't',
  _: () => null,
};

/** Reads replies, in RESP 2 and 3. */
export class ReplyReader {
  readonly #decoder: Decoder<string | Uint8Array> = framing.decoder<Uint8Array>();
  readonly #frames: AsyncIterator<Frame<string | Uint8Array>>;

  constructor(stream: Readable) {
    this.#frames = frames(stream, this.#decoder);
  }

  /** The next reply. `isPush`: it answers no command. Rejects when there can't be another one. */
  async next(): Promise<{ reply: Reply; isPush: boolean }> {
    const line = await this.#line();
    return { reply: await this.#reply(line), isPush: line.startsWith('>') };
  }

  async #reply(line: string): Promise<Reply> {
    const [type, text] = [line.charAt(0), line.slice(1)];
    const simple = SIMPLE[type];
    if (simple !== undefined) return simple(text);
    const size = Number(text);
    if (size === -1) return null; // RESP 2
    if (type === '$' || type === '=') return this.#bulk(size);
    if (!/^[*~>%]$/.test(type)) throw new Error(`Cannot read reply: it begins with ${type}`);
    const replies: Reply[] = [];
    const count = type === '%' ? 2 * size : size;
    while (replies.length < count) replies.push(await this.#reply(await this.#line()));
    return replies;
  }

  async #bulk(size: number): Promise<Buffer> {
    this.#decoder.take(size); // the next frame is that many bytes
    const bytes = await this.#frame();
    await this.#line(); // the rest of their line is empty
    return Buffer.from(bytes);
  }

  async #line(): Promise<string> {
    return String(await this.#frame());
  }

  async #frame(): Promise<string | Uint8Array> {
    const { done, value } = await this.#frames.next();
    if (done) throw new Error('the connection is closed');
    if (isFault(value)) throw new Error(formatFault(value));
    return value;
  }
}
