import { type InjectedFault, WritePlan } from '@proto/faults';

/** The ways to cut a write. */
export type Cutting = 'one' | 'two' | 'drip';

/** Cuts text after these bytes; positions outside the text are ignored. */
export function partsOf(text: string, cuts: ReadonlySet<number>): string[] {
  const ends = [...cuts].filter((at) => at > 0 && at < text.length).toSorted((a, b) => a - b);
  return [...ends, text.length].map((end, i) => text.slice(ends[i - 1] ?? 0, end));
}

/** Where this kind of cutting cuts text of this length. */
export function cutsOf(how: Cutting, length: number): ReadonlySet<number> {
  if (how === 'one' || length < 2) return new Set();
  if (how === 'two') return new Set([Math.max(1, Math.floor((length - 1) / 2))]);
  return new Set(Array.from({ length: length - 1 }, (_, i) => i + 1));
}

/** How many part sizes are listed one by one. */
const MOST_SIZES = 8;

/** What will be written, in words: `2 writes, 500 ms apart: 4 + 6 bytes`. */
export function planOf(parts: readonly string[], apartMs: number): string {
  const sizes = parts.map(({ length }) => length);
  const [first = 0] = sizes;
  const unit = first === 1 ? 'byte' : 'bytes';
  if (parts.length === 1) return `1 write of ${first} ${unit}`;
  const writes = `${parts.length} writes, ${apartMs} ms apart`;
  if (parts.length > 5 && sizes.every((size) => size === first)) return `${writes}: ${first} ${unit} each`;
  const more = sizes.length > MOST_SIZES ? ' + …' : '';
  return `${writes}: ${sizes.slice(0, MOST_SIZES).join(' + ')}${more} bytes`;
}

/** Makes a line what these injected faults make of it: bytes in and bytes out, one code unit each. */
export function spoiled(line: string, faults: ReadonlyMap<InjectedFault, number>): string {
  const bytes = Uint8Array.from(line, (char) => char.charCodeAt(0));
  return new WritePlan(faults)
    .push(bytes)
    .map((write) => Array.from(write.bytes, (byte) => String.fromCharCode(byte)).join(''))
    .join('');
}
