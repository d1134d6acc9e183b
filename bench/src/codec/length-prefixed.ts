import { type Frame, type Framing, lines } from '@proto/codec';
import { netstring } from '@proto/codec/framings';
import { lengthPrefixed } from '@proto/codec/length-prefixed';
import { slip } from '@proto/codec/stuffed';
import { type Figure, judge, median, type Result } from '../figure.ts';

const CHUNK = 65_536;
const TOTAL = 4e6;
const LIMIT = 65_536;
const ROUNDS = 15;
const RUNS = 12;

type Chunks = readonly Buffer[];
/** Reads every frame, and says how many there were, how long, and a hash over the bytes asked for. */
type Reader = (chunks: Chunks, thorough: boolean) => Promise<string>;

/** Frames of `size` bytes after a length of 4, in chunks of 64 KiB. */
function wire(size: number): Chunks {
  const count = Math.floor(TOTAL / (size + 4));
  const bytes = Buffer.allocUnsafe(count * (size + 4));
  for (let frame = 0, at = 0; frame < count; frame++, at += size + 4) {
    bytes.writeUInt32BE(size, at);
    for (let byte = 0; byte < size; byte++) bytes[at + 4 + byte] = (frame + byte) & 0xff;
  }
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) chunks.push(Buffer.from(bytes.subarray(at, at + CHUNK)));
  return chunks;
}

class Digest {
  #frames = 0;
  #bytes = 0;
  #hash = 0;
  readonly #thorough: boolean;

  constructor(thorough: boolean) {
    this.#thorough = thorough;
  }

  add(frame: Uint8Array): void {
    this.#frames++;
    this.#bytes += frame.length;
    if (!this.#thorough) return;
    for (const byte of frame) this.#hash = (Math.imul(this.#hash, 31) + byte) | 0;
  }

  toString(): string {
    return `${this.#frames} frames, ${this.#bytes} bytes, hash ${this.#hash}`;
  }
}

/**
 * What one writes by hand: `readUInt32BE`, a look at the limit, `subarray`. Its frames keep their chunk alive, and the chunk
 * can't be used again.
 */
// oxlint-disable-next-line typescript/require-await -- an async function, as the code around it is in a program
async function byHand(chunks: Chunks, thorough: boolean): Promise<string> {
  const digest = new Digest(thorough);
  let carry: Buffer = Buffer.alloc(0);
  for (const chunk of chunks) {
    const bytes = carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk;
    let at = 0;
    while (at + 4 <= bytes.length) {
      const size = bytes.readUInt32BE(at);
      if (size > LIMIT) throw new Error(`Cannot read a frame of ${size} bytes`);
      if (at + 4 + size > bytes.length) break;
      digest.add(bytes.subarray(at + 4, at + 4 + size));
      at += 4 + size;
    }
    carry = bytes.subarray(at);
  }
  return digest.toString();
}

function take(digest: Digest, frame: Frame<Uint8Array>): void {
  if (frame instanceof Uint8Array) digest.add(frame);
  else throw new Error(`Cannot race with a fault: ${frame.code}`);
}

const framing: Framing<Uint8Array> = lengthPrefixed({ maxFrameBytes: LIMIT });

// oxlint-disable-next-line typescript/require-await -- as above
async function byRead(chunks: Chunks, thorough: boolean): Promise<string> {
  const digest = new Digest(thorough);
  const decoder = framing.decoder();
  for (const chunk of chunks) {
    decoder.push(chunk);
    for (let frame = decoder.read(); frame !== undefined; frame = decoder.read()) take(digest, frame);
  }
  return digest.toString();
}

// oxlint-disable-next-line typescript/require-await -- as above
async function byLoop(chunks: Chunks, thorough: boolean): Promise<string> {
  const digest = new Digest(thorough);
  const decoder = framing.decoder();
  for (const chunk of chunks) for (const frame of decoder.push(chunk)) take(digest, frame);
  return digest.toString();
}

/** Processor time of some runs, in microseconds. */
async function spent(reader: Reader, chunks: Chunks, want: string): Promise<number> {
  const begin = process.cpuUsage();
  for (let run = 0; run < RUNS; run++) {
    const got = await reader(chunks, false);
    if (got !== want) throw new Error(`Cannot go on: the digest is ${got}, expected ${want}`);
  }
  const { user, system } = process.cpuUsage(begin);
  return user + system;
}

/** The engine learns that `push` and `read` have many implementations. */
function decodeOthers(): void {
  const others: readonly Framing<string | Uint8Array>[] = [
    lines(),
    netstring(),
    slip(),
    lengthPrefixed({ length: 'u16', header: 1 }),
    lengthPrefixed({ length: 'varint', charset: 'utf8' }),
  ];
  for (const other of others) {
    const bytes = Buffer.concat(Array.from({ length: 200 }, () => other.encode('x'.repeat(64))));
    for (let run = 0; run < 200; run++) {
      const decoder = other.decoder().push(bytes);
      let frames = 0;
      for (let frame = decoder.read(); frame !== undefined; frame = decoder.read()) frames++;
      if (frames !== 200) throw new Error(`Cannot go on: ${frames} frames`);
    }
  }
}

/** What a frame took, from the times of all rounds. */
function nanoseconds(times: readonly number[], size: number): string {
  return ((median(times) * 1000) / (RUNS * Math.floor(TOTAL / (size + 4)))).toFixed(0);
}

async function measure(name: string, size: number, atLeast: number | undefined): Promise<Result[]> {
  const chunks = wire(size);
  const readers: readonly Reader[] = [byHand, byRead, byLoop];
  const thorough = await Promise.all(readers.map((reader) => reader(chunks, true)));
  if (new Set(thorough).size > 1) throw new Error(`Cannot race: the digests are ${thorough.join('; ')}`);
  const want = await byHand(chunks, false);
  const times = readers.map((): number[] => []);
  for (let round = -2; round < ROUNDS; round++) {
    for (const [index, reader] of readers.entries()) {
      const time = await spent(reader, chunks, want);
      if (round >= 0) times[index]!.push(time);
    }
  }
  const [hand = [], ...ours] = times;
  return ours.map((own, index) => {
    const ratios = own.map((time, round) => hand[round]! / time);
    return judge({
      name: `${name}, by ${index === 0 ? 'read()' : 'for...of'} / by hand`,
      value: median(ratios),
      unit: 'x',
      spread: [Math.min(...ratios), Math.max(...ratios)],
      ...(atLeast !== undefined && { atLeast }),
      detail: `${nanoseconds(own, size)} to ${nanoseconds(hand, size)} ns a frame, processor time`,
    });
  });
}

function figure(name: string, size: number, atLeast: number | undefined, prepare?: () => void): Figure {
  return {
    name,
    measure() {
      prepare?.();
      return measure(name, size, atLeast);
    },
  };
}

/** `lengthPrefixed` against a loop by hand, by processor time, in turns. */
export const lengthPrefixedFigures: readonly Figure[] = [
  figure('u32 prefix, 64-byte frames', 64, 0.8),
  figure('u32 prefix, 64-byte frames, after other framings', 64, 0.8, decodeOthers),
  figure('u32 prefix, 16-byte frames', 16, 0.8),
  // Here it is the copy that counts: by hand there is none, and a kept frame keeps its chunk.
  figure('u32 prefix, 1 KiB frames', 1024, undefined),
];
