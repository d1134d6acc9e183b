import { type Charset, checkFor, isSingle } from './charset.ts';
import { type Content, hex } from './frame.ts';
import { host } from './host.ts';
import type { Limits } from './limits.ts';

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** The content of a frame as bytes, one code unit each, checked against charset and limit. */
export function contentToLatin1(frame: Content, { charset, maxFrameBytes }: Limits): string {
  const content = typeof frame === 'string' ? textToLatin1(frame, charset) : bytesToLatin1(frame, charset);
  if (content.length > maxFrameBytes) {
    throw new RangeError(
      `Cannot encode frame: it has ${content.length} bytes, the limit is ${maxFrameBytes}`,
    );
  }
  return content;
}

function textToLatin1(text: string, charset: Charset): string {
  if (charset === 'utf8') return utf8ToLatin1(text);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0xff || !isSingle(charset, unit)) refuse(unit, at, charset);
  }
  return text;
}

function utf8ToLatin1(text: string): string {
  const lone = text.search(LONE_SURROGATE);
  if (lone !== -1) refuse(text.charCodeAt(lone), lone, 'utf8');
  const bytes = new TextEncoder().encode(text);
  return bytes.length === text.length ? text : host.latin1(bytes, 0, bytes.length);
}

function bytesToLatin1(bytes: Uint8Array, charset: Charset): string {
  const check = checkFor(charset);
  const bad = check.find(bytes, 0, bytes.length);
  const at = bad < bytes.length ? bad : bytes.length - check.pending;
  if (at < bytes.length) refuse(bytes[at]!, at, charset);
  return host.latin1(bytes, 0, bytes.length);
}

function refuse(unit: number, at: number, charset: Charset): never {
  throw new RangeError(
    `Cannot encode frame: ${hex(unit)} at index ${at} does not belong in charset ${charset}`,
  );
}

/** Refuses content in which the decoder would find `mark`, one byte with a meaning of its own. */
export function refuseInside(content: string, mark: string, from = 0): void {
  const at = content.indexOf(mark, from);
  if (at === -1) return;
  throw new RangeError(
    `Cannot encode frame: ${hex(mark.charCodeAt(0))} at index ${at} has a meaning of its own`,
  );
}

/** One byte for each code unit. */
export function latin1ToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
