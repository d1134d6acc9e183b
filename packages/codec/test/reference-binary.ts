// The binary framings once more, as plainly as possible: the whole stream at once, a byte at a time.
import { type Frames, judge, type Rules } from './reference.ts';

export interface Head {
  /** Bytes of the length; 0 is a varint. */
  readonly width: number;
  readonly endian: 'big' | 'little';
  readonly counts: 'payload' | 'all';
  readonly header: number;
  readonly adjust: number;
}

const isFault = (frame: Frames[number] | undefined): boolean => typeof frame === 'object' && 'code' in frame;

export function referenceLengthPrefixed(wire: Uint8Array, head: Head, rules: Rules): Frames {
  const frames: Frames = [];
  const bytes = Array.from(wire);
  for (let begin = 0; begin < bytes.length;) {
    const header = bytes.slice(begin, begin + head.header);
    const [inHeader] = judge(header, begin, header.length === head.header, rules);
    const isBad = isFault(inHeader);
    if (isBad) frames.push(inHeader!);
    const incomplete = {
      code: 'FRAME_INCOMPLETE',
      offset: bytes.length,
      bytes: bytes.length - begin,
    } as const;

    const from = begin + head.header;
    let to = from;
    const isWhole = (): boolean =>
      head.width > 0 ? to - from === head.width : to > from && bytes[to - 1]! < 0x80;
    while (to < bytes.length && to - from < 10 && !isWhole()) to++;
    const malformed = (expected: string): Frames => [
      ...frames,
      { code: 'FRAME_MALFORMED', offset: to - 1, byte: bytes[to - 1]!, expected },
    ];
    if (!isWhole() && to - from === 10) return malformed('a length of at most 10 bytes');
    if (!isWhole()) return isBad ? frames : [...frames, incomplete];

    const digits = bytes.slice(from, to);
    if (head.width === 0 || head.endian === 'little') digits.reverse();
    const value = digits.reduce(
      (sum, byte) => (head.width === 0 ? sum * 128n + BigInt(byte & 0x7f) : sum * 256n + BigInt(byte)),
      0n,
    );
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) return malformed('a length of at most 9007199254740991');
    const least = (head.counts === 'all' ? to - begin : 0) - head.adjust;
    if (Number(value) < least) return malformed(`a length of at least ${least}`);
    const payload = Number(value) - least;
    const limit = rules.maxFrameBytes;
    if (!isBad && head.header + payload > limit && rules.onOverflow === 'error') {
      frames.push({ code: 'FRAME_TOO_LONG', offset: to + limit - head.header, limit });
    } else if (!isBad) {
      const content = [...header, ...bytes.slice(to, to + payload)];
      const ends = content.length === head.header + payload;
      const [frame] = judge(content, to - head.header, ends, rules);
      frames.push(ends || isFault(frame) ? frame! : incomplete);
    }
    begin = to + payload;
  }
  return frames;
}

type Token =
  | { readonly is: 'content'; readonly byte: number; readonly length: number }
  | { readonly is: 'start' | 'end' | 'wrong' | 'cut'; readonly length: number };

interface Escapes {
  /** What stands at a place inside a frame. */
  token(at: number): Token;
  readonly expected: string;
  /** Where the next start is, and how long; nowhere: -1. */
  gap(from: number): number;
  readonly startLength: number;
  readonly isShared: boolean;
  readonly beginsInside: boolean;
  readonly keepsEmpty: boolean;
}

/** As `judge`, where the content was at other places than one after the other. */
function judgeAt(content: number[], places: number[], ends: boolean, rules: Rules): Frames {
  return judge(content, 0, ends, rules).map((frame) =>
    typeof frame === 'object' && 'code' in frame ? { ...frame, offset: places[frame.offset]! } : frame,
  );
}

function referenceEscapes(wire: Uint8Array, escapes: Escapes, rules: Rules): Frames {
  const frames: Frames = [];
  let at = 0;
  let isInside = escapes.beginsInside;
  while (at < wire.length) {
    let begin = at;
    if (!isInside) {
      const start = escapes.gap(at);
      const skipped = (start === -1 ? wire.length : start) - at;
      if (skipped > 0) frames.push({ code: 'FRAME_SKIPPED', offset: at, bytes: skipped });
      if (start === -1) return frames;
      begin = escapes.isShared ? start + escapes.startLength : start;
      at = start + escapes.startLength;
    }
    const content: number[] = [];
    const places: number[] = [];
    let isLost = false;
    const incomplete = (): Frames[number] => ({ code: 'FRAME_INCOMPLETE', offset: at, bytes: at - begin });
    const broken = (ends: boolean): Frames => {
      const [frame] = judgeAt(content, places, ends, rules);
      return isLost ? [] : [isFault(frame) ? frame! : incomplete()];
    };
    for (;;) {
      if (at >= wire.length) {
        at = wire.length;
        if (at > begin) frames.push(...broken(false));
        return frames;
      }
      const token = escapes.token(at);
      if (token.is === 'cut') {
        at = wire.length;
        continue;
      }
      const isCut = rules.onOverflow === 'truncate' && content.length > rules.maxFrameBytes;
      if (token.is === 'content' && !isLost) {
        content.push(token.byte);
        places.push(at + token.length - 1);
      }
      if (token.is === 'wrong' && !isLost && !isCut) {
        const place = at + token.length - 1;
        const byte = wire[place]!;
        const [frame] = judgeAt(content, places, false, rules);
        frames.push(
          isFault(frame)
            ? frame!
            : { code: 'FRAME_MALFORMED', offset: place, byte, expected: escapes.expected },
        );
        isLost = true;
        // A mark that can't be escaped is still a mark.
        const { is } = escapes.token(place);
        at = is === 'end' || is === 'start' ? place : place + 1;
        continue;
      }
      if (token.is === 'wrong') {
        const place = at + token.length - 1;
        const { is } = escapes.token(place);
        at = is === 'end' || is === 'start' ? place : place + 1;
        continue;
      }
      if (token.is === 'start') {
        frames.push(...broken(true));
        isInside = false;
        break;
      }
      if (token.is === 'end') {
        const isEmpty = escapes.isShared && at === begin && !escapes.keepsEmpty;
        if (!isLost && !isEmpty) frames.push(...judgeAt(content, places, true, rules));
        at += token.length;
        isInside = escapes.isShared;
        break;
      }
      at += token.length;
    }
  }
  return frames;
}

export function referenceSlip(wire: Uint8Array, keepsEmpty: boolean, rules: Rules): Frames {
  const token = (at: number): Token => {
    if (wire[at] === 0xc0) return { is: 'end', length: 1 };
    if (wire[at] !== 0xdb) return { is: 'content', byte: wire[at]!, length: 1 };
    if (at + 1 === wire.length) return { is: 'cut', length: 1 };
    if (wire[at + 1] === 0xdc) return { is: 'content', byte: 0xc0, length: 2 };
    if (wire[at + 1] === 0xdd) return { is: 'content', byte: 0xdb, length: 2 };
    return { is: 'wrong', length: 2 };
  };
  const expected = '0xDC or 0xDD';
  const shape = { isShared: true, beginsInside: true, keepsEmpty, startLength: 1, gap: () => -1 };
  return referenceEscapes(wire, { token, expected, ...shape }, rules);
}

export interface StuffedMarks {
  readonly start: string;
  readonly end: string;
  readonly escape: string;
  readonly xor?: number;
  readonly expected: string;
}

export function referenceStuffed(wire: Uint8Array, marks: StuffedMarks, rules: Rules): Frames {
  const { start, end, escape, xor, expected } = marks;
  const text = Buffer.from(wire).toString('latin1');
  const isShared = start === end;
  const hasPair = start.length + end.length > 2;
  const token = (at: number): Token => {
    if (text.startsWith(end, at)) return { is: 'end', length: end.length };
    if (text.startsWith(start, at)) return { is: 'start', length: start.length };
    if (text[at] !== escape) return { is: 'content', byte: wire[at]!, length: 1 };
    if (at + 1 === text.length) return { is: 'cut', length: 1 };
    const byte = wire[at + 1]!;
    const isSingle = text[at + 1] === start || text[at + 1] === end;
    if (xor !== undefined && isSingle) return { is: 'wrong', length: 2 };
    if (xor === undefined && hasPair && !isSingle && text[at + 1] !== escape)
      return { is: 'wrong', length: 2 };
    return { is: 'content', byte: byte ^ (xor ?? 0), length: 2 };
  };
  const gap = (from: number): number => text.indexOf(start, from);
  const shape = { isShared, beginsInside: false, keepsEmpty: false, startLength: start.length, gap };
  return referenceEscapes(wire, { token, expected, ...shape }, rules);
}

export function referenceCobs(wire: Uint8Array, rules: Rules): Frames {
  const frames: Frames = [];
  for (let begin = 0; begin < wire.length;) {
    const zero = wire.indexOf(0, begin);
    const end = zero === -1 ? wire.length : zero;
    const content: number[] = [];
    const places: number[] = [];
    let missing = 0;
    for (let at = begin, code = 255; at < end; at += code) {
      if (at > begin && code < 255) {
        content.push(0);
        places.push(at);
      }
      code = wire[at]!;
      for (let place = at + 1; place < Math.min(at + code, end); place++) {
        content.push(wire[place]!);
        places.push(place);
      }
      missing = Math.max(0, at + code - end);
    }
    if (end > begin) {
      const [frame] = judgeAt(content, places, zero !== -1 && missing === 0, rules);
      const isOver = content.length > rules.maxFrameBytes;
      const cut = { code: 'FRAME_INCOMPLETE', offset: end, bytes: end - begin } as const;
      const expected = `${missing} more byte${missing === 1 ? '' : 's'} of a block`;
      const broken = { code: 'FRAME_MALFORMED', offset: end, byte: 0, expected } as const;
      if (isFault(frame)) frames.push(frame!);
      else if (zero === -1) frames.push(cut);
      else if (missing > 0 && !isOver) frames.push(broken);
      // Truncated before the block broke off.
      else if (missing > 0) frames.push(judgeAt(content, places, true, rules)[0]!);
      else frames.push(frame!);
    }
    begin = end + 1;
  }
  return frames;
}
