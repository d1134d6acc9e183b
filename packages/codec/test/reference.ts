// The framings once more, as plainly as possible: the whole stream at once, a byte at a time, no regard for speed.
import type { Frame } from '../src/frame.ts';

export interface Rules {
  readonly charset: 'text' | 'ascii' | 'latin1' | 'utf8' | 'bytes';
  readonly maxFrameBytes: number;
  readonly onOverflow: 'error' | 'truncate';
}
type Frames = Frame<string | Uint8Array>[];

function fits(bytes: number[], stream: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes), { stream });
    return true;
  } catch {
    return false;
  }
}

/** Content bytes gathered one by one; `bad` is the index of the first that does not belong, or -1. */
function bad(content: number[], whole: boolean, { charset }: Rules): number {
  const isBad = (byte: number): boolean =>
    charset === 'text' ? !(byte === 9 || (byte > 31 && byte < 127)) : charset === 'ascii' && byte > 127;
  if (charset !== 'utf8') return content.findIndex(isBad);
  if (fits(content, !whole)) return -1;
  let good = content.length - 1;
  while (!fits(content.slice(0, good), false)) good--;
  return good;
}

function decodeContent(content: number[], rules: Rules): string | Uint8Array {
  const bytes = Uint8Array.from(content);
  if (rules.charset === 'bytes') return bytes;
  return Buffer.from(bytes).toString(rules.charset === 'utf8' ? 'utf8' : 'latin1');
}

/** Content up to the limit, or the fault in it. `ends`: no more content follows. */
function judge(content: number[], start: number, ends: boolean, rules: Rules): Frames {
  const { maxFrameBytes: limit } = rules;
  const within = content.slice(0, limit);
  const tooLong = content.length > limit;
  const at = bad(within, ends && !tooLong, rules);
  if (at !== -1)
    return [{ code: 'FRAME_BAD_BYTE', offset: start + at, byte: content[at]!, charset: rules.charset }];
  if (!tooLong) return ends ? [decodeContent(content, rules)] : [];
  if (rules.onOverflow === 'error') return [{ code: 'FRAME_TOO_LONG', offset: start + limit, limit }];
  while (bad(within, true, rules) !== -1) within.pop();
  return ends ? [decodeContent(within, rules)] : [];
}

export function referenceLines(wire: Uint8Array, terminator: 'either' | 'lf' | 'crlf', rules: Rules): Frames {
  const frames: Frames = [];
  for (let start = 0; start < wire.length;) {
    const [end, next] = lineEnd(wire, start, terminator);
    const line = Array.from(wire.subarray(start, end));
    // A CR or LF that ends nothing stops the content, and is at fault if nothing before it is.
    const bare = line.findIndex(
      (byte) => (byte === 13 && terminator !== 'lf') || (byte === 10 && terminator === 'crlf'),
    );
    const undecided = next === undefined && bare === line.length - 1 && line[bare] === 13;
    const [found] = judge(
      bare === -1 ? line : line.slice(0, bare),
      start,
      next !== undefined || (bare !== -1 && !undecided),
      rules,
    );
    const overflown =
      rules.onOverflow === 'truncate' && (bare === -1 ? line.length : bare) > rules.maxFrameBytes;
    const faulty = typeof found === 'object' && !(found instanceof Uint8Array);
    if (faulty || (found !== undefined && bare === -1) || (overflown && next !== undefined))
      frames.push(found!);
    else if (bare !== -1 && !undecided && !overflown) {
      frames.push({ code: line[bare] === 13 ? 'FRAME_BARE_CR' : 'FRAME_BARE_LF', offset: start + bare });
    } else frames.push({ code: 'FRAME_INCOMPLETE', offset: wire.length, bytes: wire.length - start });
    start = next ?? wire.length;
  }
  return frames;
}

function lineEnd(wire: Uint8Array, start: number, terminator: string): [number, number | undefined] {
  for (let at = start; at < wire.length; at++) {
    if (wire[at] === 10 && terminator !== 'crlf') {
      return terminator === 'either' && at > start && wire[at - 1] === 13 ? [at - 1, at + 1] : [at, at + 1];
    }
    if (wire[at] === 10 && at > start && wire[at - 1] === 13) return [at - 1, at + 1];
  }
  return [wire.length, undefined];
}

/** The first of `marks` that stands at `at`. */
const markAt = (wire: Uint8Array, at: number, marks: readonly string[]): string | undefined =>
  marks.find((mark) => Buffer.from(wire.subarray(at, at + mark.length)).toString('latin1') === mark);

/** Where the first of `marks` begins, and which; the end of the wire when there is none. */
function firstMark(wire: Uint8Array, from: number, marks: readonly string[]): [number, string | undefined] {
  let at = from;
  while (at < wire.length && markAt(wire, at, marks) === undefined) at++;
  return [at, markAt(wire, at, marks)];
}

/** The frame or fault of content that ends, or does not: then a fault in it, or that it was cut. */
function frameOf(
  wire: Uint8Array,
  start: number,
  at: number,
  ends: boolean,
  begin: number,
  rules: Rules,
): Frames {
  const judged = judge(Array.from(wire.subarray(start, at)), start, ends, rules);
  return judged.length > 0 ? judged : [{ code: 'FRAME_INCOMPLETE', offset: at, bytes: at - begin }];
}

export function referenceDelimited(wire: Uint8Array, delimiters: readonly string[], rules: Rules): Frames {
  const frames: Frames = [];
  const longestFirst = delimiters.toSorted((a, b) => b.length - a.length);
  for (let start = 0; start < wire.length;) {
    const [at, mark] = firstMark(wire, start, longestFirst);
    frames.push(...frameOf(wire, start, at, mark !== undefined, start, rules));
    start = at + (mark?.length ?? 0);
  }
  return frames;
}

export function referenceEnclosed(wire: Uint8Array, start: string, end: string, rules: Rules): Frames {
  const frames: Frames = [];
  for (let begin = 0; begin < wire.length;) {
    const [from, found] = firstMark(wire, begin, [start]);
    if (from > begin) frames.push({ code: 'FRAME_SKIPPED', offset: begin, bytes: from - begin });
    if (found === undefined) break;
    const content = from + start.length;
    const [at, mark] = firstMark(wire, content, [end, start]);
    const [frame] = frameOf(wire, content, at, mark !== undefined, from, rules);
    const isFault = typeof frame === 'object' && 'code' in frame;
    // Of a frame cut short by the start of another nothing is kept but a fault.
    frames.push(
      mark === end || isFault ? frame! : { code: 'FRAME_INCOMPLETE', offset: at, bytes: at - from },
    );
    begin = mark === end ? at + end.length : at;
  }
  return frames;
}

export function referenceNetstring(wire: Uint8Array, rules: Rules): Frames {
  const frames: Frames = [];
  const text = Buffer.from(wire).toString('latin1');
  for (let begin = 0; begin < wire.length;) {
    const head = /^(?:0|[1-9][0-9]{0,8})?/.exec(text.slice(begin))![0];
    const colon = begin + head.length;
    const length = Number(head);
    const malformed = (offset: number, expected: string): Frames => [
      ...frames,
      { code: 'FRAME_MALFORMED', offset, byte: wire[offset]!, expected },
    ];
    if (colon < wire.length && (head === '' || text[colon] !== ':')) {
      const more = head !== '0' && head.length < 9;
      return malformed(colon, [more ? 'a digit' : '', head === '' ? '' : "':'"].filter(Boolean).join(' or '));
    }
    const start = colon + 1;
    const end = Math.min(start + length, wire.length);
    const limit = rules.maxFrameBytes;
    if (colon < wire.length && length > limit && rules.onOverflow === 'error') {
      frames.push({ code: 'FRAME_TOO_LONG', offset: start + limit, limit });
    } else {
      const whole = colon < wire.length && start + length < wire.length;
      const content = Array.from(wire.subarray(start, end));
      const judged = judge(content, start, colon < wire.length && content.length === length, rules);
      const wrong = whole && text[end] !== ',';
      const isFault = typeof judged[0] === 'object' && 'code' in judged[0];
      if (isFault || (whole && !wrong)) frames.push(judged[0]!);
      else if (!wrong)
        frames.push({ code: 'FRAME_INCOMPLETE', offset: wire.length, bytes: wire.length - begin });
    }
    if (end < wire.length && text[end] !== ',') return malformed(end, "','");
    begin = end + 1;
  }
  return frames;
}
