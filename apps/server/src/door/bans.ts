import { BlockList, isIP } from 'node:net';
import type { Clock } from '@proto/scheduler';
import { addBlock } from '../text/blocks.ts';

/** Addresses that aren't let in. */
export interface Ban {
  /** An address or a CIDR block. */
  readonly block: string;
  /** For how much longer, in ms; `undefined`: until it's taken back, or the server ends. */
  readonly leftMs: number | undefined;
}

/** How many there may be at a time. */
export const MOST_BANS = 1_000;

const EXPECTED = 'expected an address or a CIDR block';

/** Who is banned, by address. While nobody is, a look costs nothing. */
export class Bans {
  readonly #clock: Clock;
  /** When each ends. */
  readonly #ends = new Map<string, number>();
  /** All of them; `undefined`: there are none. */
  #blocks: BlockList | undefined;
  #nextEnd = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether clients from that host are banned. A Unix domain socket has no address. */
  has(host: string): boolean {
    if (this.#blocks === undefined) return false;
    this.#forget();
    const version = isIP(host);
    // An address of a link may name its interface.
    const address = host.replace(/%.*$/, '');
    if (version === 0 || this.#blocks === undefined) return false;
    return this.#blocks.check(address, version === 4 ? 'ipv4' : 'ipv6');
  }

  /** Bans a block, or changes until when. Returns what is wrong with it; `undefined`: nothing. */
  add(block: string, ms: number | undefined): string | undefined {
    if (typeof block !== 'string') return EXPECTED;
    this.#forget();
    const key = keyOf(block);
    const isNew = !this.#ends.has(key);
    if (isNew && this.#ends.size >= MOST_BANS) return `there are already ${MOST_BANS}`;
    const blocks = this.#blocks ?? new BlockList();
    if (isNew && !addBlock(blocks, key)) return EXPECTED;
    this.#blocks = blocks;
    const end = ms === undefined ? Infinity : this.#clock.now() + ms;
    this.#ends.set(key, end);
    this.#nextEnd = Math.min(this.#nextEnd, end);
    return undefined;
  }

  /** Takes a ban back. False: there is none of exactly this block. */
  remove(block: string): boolean {
    this.#forget();
    const wasThere = typeof block === 'string' && this.#ends.delete(keyOf(block));
    if (wasThere) this.#rebuild();
    return wasThere;
  }

  list(): Ban[] {
    this.#forget();
    const now = this.#clock.now();
    return Array.from(this.#ends, ([block, end]) => {
      return { block, leftMs: end === Infinity ? undefined : end - now };
    });
  }

  /** Those that are over. */
  #forget(): void {
    const now = this.#clock.now();
    if (now < this.#nextEnd) return;
    for (const [block, end] of this.#ends) if (end <= now) this.#ends.delete(block);
    this.#rebuild();
  }

  #rebuild(): void {
    this.#nextEnd = Math.min(Infinity, ...this.#ends.values());
    this.#blocks = this.#ends.size === 0 ? undefined : new BlockList();
    for (const block of this.#ends.keys()) addBlock(this.#blocks!, block);
  }
}

/** A block of one address is that address. */
function keyOf(block: string): string {
  return block.toLowerCase().replace(block.includes(':') ? /\/128$/ : /\/32$/, '');
}
