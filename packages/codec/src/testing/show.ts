import { isBytes } from '../bytes.ts';
import { isFault } from '../frame.ts';
import { visible } from '../one-line.ts';

const MOST = 60;

/** Whether two frames are the same: same text, same bytes, a fault with the same facts, or a value with the same JSON. */
export function isSameFrame(one: unknown, other: unknown): boolean {
  if (isBytes(one) && isBytes(other))
    return one.length === other.length && one.every((byte, at) => byte === other[at]);
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  // A fault is shown whole, whatever the order of its facts.
  return (
    showFrame(one) === showFrame(other) && (isFault(one) || JSON.stringify(one) === JSON.stringify(other))
  );
}

/** A frame in one short line. */
export function showFrame(frame: unknown): string {
  if (frame === undefined) return 'missing';
  if (typeof frame === 'string') return `text ${visible(shorten(JSON.stringify(frame)))}`;
  if (isBytes(frame)) {
    return `bytes ${shorten(Array.from(frame, (byte) => byte.toString(16).padStart(2, '0')).join(' ')) || 'none'}`;
  }
  if (!isFault(frame)) return `value ${shorten(JSON.stringify(frame))}`;
  const facts = Object.entries(frame).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `fault ${facts.map(([name, value]) => `${name} ${visible(String(value))}`).join(', ')}`;
}

// The hash distinguishes frames that differ only in what is left out.
function shorten(text: string): string {
  if (text.length <= MOST) return text;
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) >>> 0;
  return `${text.slice(0, MOST)}... (${text.length} characters, hash ${hash.toString(16)})`;
}
