// The framings once more, as plainly as possible: the whole stream at once, a byte at a time, no regard for speed.
import type { Frame } from '../src/frame.ts';

export interface Rules {
  readonly charset: 'text' | 'ascii' | 'latin1' | 'utf8' | 'bytes';
  readonly maxFrameBytes: number;
  readonly onOverflow: 'error' | 'truncate';
}
export interface TailRules extends Rules {
  readonly onTail: 'fault' | 'frame';
}
export interface LineRules extends TailRules {
  readonly terminator: 'either' | 'lf' | 'crlf';
  readonly bareCr: 'fault' | 'content' | 'end';
  readonly bom: 'keep' | 'strip';
}
export interface DelimitedRules extends TailRules {
  readonly keepDelimiter: boolean;
}
export type Frames = Frame<string | Uint8Array>[];

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
export function judge(content: number[], start: number, ends: boolean, rules: Rules): Frames {
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

/** What the end of the stream makes of content that no end followed. */
function tail(content: number[], start: number, end: number, begin: number, rules: TailRules): Frames {
  const [found] = judge(content, start, false, rules);
  if (found !== undefined) return [found];
  const within = content.length <= rules.maxFrameBytes;
  const cut = within && bad(content, true, rules) !== -1;
  if (rules.onTail === 'frame' && !cut) return judge(content, start, true, rules);
  return [{ code: 'FRAME_INCOMPLETE', offset: end, bytes: end - begin }];
}

export function referenceLines(wire: Uint8Array, rules: LineRules): Frames {
  const { terminator, bareCr, bom } = rules;
  const frames: Frames = [];
  for (let start = bom === 'strip' && isMarked(wire) ? 3 : 0; start < wire.length;) {
    const [end, next] = lineEnd(wire, start, terminator, bareCr);
    const line = Array.from(wire.subarray(start, end));
    // A CR or LF that ends nothing stops the content, and is at fault if nothing before it is.
    const bare = line.findIndex(
      (byte) => (byte === 13 && bareCr === 'fault') || (byte === 10 && terminator === 'crlf'),
    );
    // The last byte may be the first half of a CRLF.
    const isHalf =
      next === undefined && terminator !== 'lf' && line.at(-1) === 13 && rules.onTail === 'fault';
    const undecided = isHalf && (bare === -1 || bare === line.length - 1);
    const content = undecided ? line.slice(0, -1) : bare === -1 ? line : line.slice(0, bare);
    const overflown = rules.onOverflow === 'truncate' && content.length > rules.maxFrameBytes;
    if (next === undefined && (bare === -1 || undecided || overflown)) {
      frames.push(...tail(content, start, wire.length, start, rules));
    } else {
      const [found] = judge(content, start, true, rules);
      const faulty = typeof found === 'object' && !(found instanceof Uint8Array);
      if (faulty || bare === -1 || overflown) frames.push(found!);
      else frames.push({ code: line[bare] === 13 ? 'FRAME_BARE_CR' : 'FRAME_BARE_LF', offset: start + bare });
    }
    start = next ?? wire.length;
  }
  return frames;
}

function lineEnd(
  wire: Uint8Array,
  start: number,
  terminator: string,
  bareCr: string,
): [number, number | undefined] {
  for (let at = start; at < wire.length; at++) {
    const afterCr = at > start && wire[at - 1] === 13;
    if (wire[at] === 13 && bareCr === 'end') return [at, wire[at + 1] === 10 ? at + 2 : at + 1];
    if (wire[at] !== 10 || (terminator === 'crlf' && !afterCr)) continue;
    return [afterCr && terminator !== 'lf' ? at - 1 : at, at + 1];
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

export function referenceDelimited(
  wire: Uint8Array,
  delimiters: readonly string[],
  rules: DelimitedRules,
): Frames {
  const frames: Frames = [];
  const longestFirst = delimiters.toSorted((a, b) => b.length - a.length);
  for (let start = 0; start < wire.length;) {
    const [at, mark] = firstMark(wire, start, longestFirst);
    const content = Array.from(wire.subarray(start, at));
    const [frame] =
      mark === undefined ? tail(content, start, at, start, rules) : judge(content, start, true, rules);
    const isFault = typeof frame === 'object' && 'code' in frame;
    frames.push(
      mark === undefined || isFault || !rules.keepDelimiter ? frame! : withMark(frame!, mark, rules),
    );
    start = at + (mark?.length ?? 0);
  }
  return frames;
}

function withMark(frame: string | Uint8Array, mark: string, rules: Rules): string | Uint8Array {
  const bytes = Array.from(mark, (unit) => unit.charCodeAt(0));
  if (typeof frame !== 'string') return Uint8Array.of(...frame, ...bytes);
  return frame + String(decodeContent(bytes, rules));
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

export function referenceJson(
  wire: Uint8Array,
  rules: TailRules & Pick<LineRules, 'bom'>,
): Frame<{ readonly value: unknown }>[] {
  const options = { ...rules, terminator: 'lf', bareCr: 'content' } as const;
  return referenceLines(wire, options).flatMap((line, index): Frame<{ readonly value: unknown }>[] => {
    if (typeof line !== 'string') return 'code' in line ? [line] : [];
    if (line.replaceAll(/[ \t\r]/g, '') === '') return [];
    try {
      return [{ value: JSON.parse(line) as unknown }];
    } catch (error) {
      // Every line has one frame, so that the earlier LFs say where it begins.
      let offset = rules.bom === 'strip' && index === 0 && isMarked(wire) ? 3 : 0;
      for (let before = 0; before < index; before++) offset = wire.indexOf(10, offset) + 1;
      return [{ code: 'FRAME_BAD_JSON', offset, reason: asciiLine((error as Error).message) }];
    }
  });
}

const isMarked = (wire: Uint8Array): boolean => wire[0] === 0xef && wire[1] === 0xbb && wire[2] === 0xbf;

function asciiLine(text: string): string {
  const units = Array.from({ length: Math.min(text.length, 120) }, (_, at) => text.charCodeAt(at));
  const shown = units.map((unit) =>
    unit < 32 || unit > 126 ? `\\u${(0x10000 + unit).toString(16).slice(1)}` : String.fromCharCode(unit),
  );
  return shown.join('') + (text.length > 120 ? '...' : '');
}
