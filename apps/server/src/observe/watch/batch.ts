import { type LeftOut, type Message, writeLine } from '@proto/watch';
import type { Chunk } from '../../events/events.ts';
import type { Rounds, Turn } from '../../room/records.ts';
import { chunkMessage, roundsMessage, type Sink, turnMessage } from './tap.ts';

/** Limits of one batch. */
export const BATCH = {
  /** Chunks of clients that nobody follows, and bytes of each. */
  chunks: 24,
  chunkBytes: 96,
  /** Bytes of followed clients, in total. */
  followedBytes: 65_536,
  turns: 64,
  /** Clients of one `rounds`. */
  ring: 256,
  /** Messages of kinds that a peer can cause at will. */
  others: 64,
} as const;

/** Kinds that are bounded. The others are rare, or say who is there. */
const BOUNDED: ReadonlySet<Message['k']> = new Set([
  'refuse',
  'cut',
  'fault',
  'name',
  'waited',
  'handlerError',
  'warning',
]);

/** All counts at 0. */
export function nothingLeft(): { -readonly [Key in keyof LeftOut]: number } {
  return { chunks: 0, bytes: 0, turns: 0, others: 0 };
}

/** What happens between two ticks, within its limits, and encoded once for all watchers. */
export class Batch implements Sink {
  readonly #now: () => number;
  readonly #isFollowed: (client: number) => boolean;
  #text = '';
  #told = nothingLeft();
  #left = nothingLeft();
  #followedBytes = 0;
  #plainChunks = 0;
  #turnMessages = 0;

  /** `now`: gives the time `t`. */
  constructor(now: () => number, isFollowed: (client: number) => boolean) {
    this.#now = now;
    this.#isFollowed = isFollowed;
  }

  get t(): number {
    return this.#now();
  }

  /** What was left out so far. */
  get left(): LeftOut {
    return { ...this.#left };
  }

  /** Everything that happened so far, sent or left out. */
  get all(): LeftOut {
    const told = this.#told;
    const left = this.#left;
    return {
      chunks: told.chunks + left.chunks,
      bytes: told.bytes + left.bytes,
      turns: told.turns + left.turns,
      others: told.others + left.others,
    };
  }

  get isEmpty(): boolean {
    return this.#text === '' && this.#left.chunks + this.#left.turns + this.#left.others === 0;
  }

  tell(message: Message): void {
    if (BOUNDED.has(message.k)) {
      if (this.#told.others >= BATCH.others) {
        this.#left.others++;
        return;
      }
      this.#told.others++;
    }
    this.#text += writeLine(message);
  }

  turn(turn: Turn): void {
    if (this.#spendTurns(1, 1)) this.#text += writeLine(turnMessage(this.t, turn));
  }

  rounds(rounds: Rounds): void {
    if (this.#spendTurns(rounds.count, rounds.ring.length))
      this.#text += writeLine(roundsMessage(this.t, rounds));
  }

  chunk(chunk: Chunk): void {
    const { length } = chunk;
    const isFollowed = this.#isFollowed(chunk.client);
    const most = this.#mostBytes(isFollowed);
    if (most === 0) {
      this.#left.chunks++;
      this.#left.bytes += length;
      return;
    }
    const bytes = Math.min(most, length);
    if (isFollowed) this.#followedBytes += bytes;
    else this.#plainChunks++;
    this.#told.chunks++;
    this.#told.bytes += bytes;
    this.#left.bytes += length - bytes;
    this.#text += writeLine(chunkMessage(this.t, chunk, most));
  }

  /** Returns what has collected, and starts the next batch. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    this.#told = nothingLeft();
    this.#left = nothingLeft();
    this.#followedBytes = 0;
    this.#plainChunks = 0;
    this.#turnMessages = 0;
    return text;
  }

  #mostBytes(isFollowed: boolean): number {
    if (isFollowed) return BATCH.followedBytes - this.#followedBytes;
    return this.#plainChunks < BATCH.chunks ? BATCH.chunkBytes : 0;
  }

  /** Counts a message with these turns and clients. `false`: it does not fit, and its turns are left out. */
  #spendTurns(turns: number, clients: number): boolean {
    const isTold = this.#turnMessages < BATCH.turns && clients <= BATCH.ring;
    if (isTold) {
      this.#turnMessages++;
      this.#told.turns += turns;
    } else this.#left.turns += turns;
    return isTold;
  }
}
