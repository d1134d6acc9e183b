import type { Content, Frame } from '../frame.ts';

const MOST = 60;

/** A frame in one short line. Equal frames, and no others, are shown alike. */
export function showFrame(frame: Frame<Content> | undefined): string {
  if (frame === undefined) return 'missing';
  if (typeof frame === 'string') return `text ${shorten(JSON.stringify(frame))}`;
  if (frame instanceof Uint8Array) {
    return `bytes ${shorten(Array.from(frame, (byte) => byte.toString(16).padStart(2, '0')).join(' ')) || 'none'}`;
  }
  const facts = Object.entries(frame).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `fault ${facts.map(([name, value]) => `${name} ${value}`).join(', ')}`;
}

// What is left out still decides whether two are shown alike.
function shorten(text: string): string {
  if (text.length <= MOST) return text;
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) >>> 0;
  return `${text.slice(0, MOST)}... (${text.length} characters, hash ${hash.toString(16)})`;
}
