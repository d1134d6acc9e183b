import { type Bytes, isBytes } from './bytes.ts';
import { type Charset, checkFor, isSingle } from './charset.ts';
import { type Content, hex } from './frame.ts';
import { host } from './host.ts';
import type { Limits } from './limits.ts';

const LONE_SURROGATE = /\p{Cs}/u;

/** The content of a frame as bytes, one code unit each, checked against the charset and the limit. */
export function contentToLatin1(frame: Content, { charset, maxFrameBytes }: Limits): string {
  if (typeof frame !== 'string' && !isBytes(frame))
    throw new TypeError(`Cannot encode ${typeof frame}: expected a string or a Uint8Array`);
  const content = typeof frame === 'string' ? textToLatin1(frame, charset) : frame;
  if (content.length > maxFrameBytes) {
    refuse(`it has ${content.length} bytes, the limit is ${maxFrameBytes}`);
  }
  return typeof content === 'string' ? content : bytesToLatin1(content, charset);
}

function textToLatin1(text: string, charset: Charset): string {
  if (charset === 'utf8') return utf8ToLatin1(text);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0xff || !isSingle(charset, unit)) refuseUnit(unit, at, charset);
  }
  return text;
}

function utf8ToLatin1(text: string): string {
  const lone = text.search(LONE_SURROGATE);
  if (lone !== -1) refuseUnit(text.charCodeAt(lone), lone, 'utf8');
  const bytes = new TextEncoder().encode(text);
  return bytes.length === text.length ? text : host.latin1(bytes, 0, bytes.length);
}

function bytesToLatin1(bytes: Uint8Array, charset: Charset): string {
  const check = checkFor(charset);
  const bad = check.find(bytes, 0, bytes.length);
  const at = bad < bytes.length ? bad : bytes.length - check.pending;
  if (at < bytes.length) refuseUnit(bytes[at]!, at, charset);
  return host.latin1(bytes, 0, bytes.length);
}

function refuseUnit(unit: number, at: number, charset: Charset): never {
  refuse(`${hex(unit)} at index ${at} is not allowed in charset ${charset}`);
}

/** Throws: says why a frame can't be encoded. */
export function refuse(why: string): never {
  throw new RangeError(`Cannot encode frame: ${why}`);
}

/**
 * Appends `end` to content. Refuses content that would make a decoder find `end` in another place, or that could form
 * another mark together with the bytes that follow.
 */
export function closeWith(end: string, marks: readonly string[]): (content: string) => string {
  const longest = Math.max(...marks.map((mark) => mark.length));

  return (content) => {
    const wire = content + end;
    for (const mark of marks) {
      const at = wire.indexOf(mark);
      if (at !== -1 && at < content.length) refuseMark(content, at);
      for (let begin = Math.max(0, wire.length - longest); begin < content.length; begin++) {
        if (mark.startsWith(wire.slice(begin))) refuseMark(content, begin);
      }
    }
    return wire;
  };
}

/** Refuses the byte where a decoder would find a mark of the framing. */
export function refuseMark(content: string, at: number): never {
  refuse(`${hex(content.charCodeAt(at))} at index ${at} could be read as a mark of the framing`);
}

/** One byte for each code unit. */
export function latin1ToBytes(text: string): Bytes {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
