/** The ways to cut a write. */
export type Cutting = 'one' | 'two' | 'drip';

/** Cuts text behind these of its bytes; places outside of it are left alone. */
export function partsOf(text: string, cuts: ReadonlySet<number>): string[] {
  const ends = [...cuts].filter((at) => at > 0 && at < text.length).toSorted((a, b) => a - b);
  return [...ends, text.length].map((end, i) => text.slice(ends[i - 1] ?? 0, end));
}

/** Where a way of cutting cuts text of this length. */
export function cutsOf(how: Cutting, length: number): ReadonlySet<number> {
  if (how === 'one' || length < 2) return new Set();
  if (how === 'two') return new Set([Math.max(1, Math.floor((length - 1) / 2))]);
  return new Set(Array.from({ length: length - 1 }, (_, i) => i + 1));
}

/** What will be written, in words: `2 writes, 500 ms apart: 4 + 6 bytes`. */
export function planOf(parts: readonly string[], apartMs: number): string {
  const [first] = parts;
  const lengths = parts.map(({ length }) => length);
  if (parts.length === 1) return `1 write of ${lengths[0]} ${lengths[0] === 1 ? 'byte' : 'bytes'}`;
  const isEven = lengths.every((length) => length === first?.length);
  const sizes = parts.length > 5 && isEven ? `${first?.length} each` : lengths.slice(0, 8).join(' + ');
  return `${parts.length} writes, ${apartMs} ms apart: ${sizes}${lengths.length > 8 && !isEven ? ' + …' : ''} bytes`;
}
