import { lines } from '@proto/codec';
import { describe, expect, it } from 'vitest';
import { formatJson, formatSeen, LEGEND, type Seen, XRay } from '../src/index.ts';

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** What is seen of these chunks, and of the FIN behind them. */
function see(chunks: readonly string[], step = 1004): Seen[] {
  const decoder = lines({ charset: 'text', maxFrameBytes: 1024 }).decoder();
  const xray = new XRay({ direction: 'read', decoder });
  return [...chunks.map((text, index) => xray.chunk(bytesOf(text), index * step)), xray.end('FIN', 2500)];
}

const show = (seen: readonly Seen[], columns = 80): string =>
  seen.flatMap((each) => formatSeen(each, { columns })).join('\n');

describe('formatSeen', () => {
  it("two chunks of printf 'he'; sleep 1; printf 'llo\\nwor': one frame finished, one begun", () => {
    expect(show(see(['he', 'llo\nwor']))).toBe(String.raw`x< read 1 at 0.000 s: 2 bytes, 0 to 1
x     0  68 65  he
x  frame 1 began: "he"
x< read 2 at 1.004 s: 7 bytes, 2 to 8
x     2  6c 6c 6f 0a 77 6f 72  llo\nwor
x  frame 1 finished, begun in read 1: "hello"
x  frame 2 began: "wor"
x< read ended at 2.500 s: FIN after 9 bytes
x  frame 2 was cut off after 3 bytes, begun in read 2`);
  });

  it.each([
    ['read', 'peer', 'x< client 2 read ended at 1.000 s: RST after 0 bytes'],
    ['write', 'peer', 'x> client 2 write ended at 1.000 s: RST from client 2, after 0 bytes'],
    ['read', 'self', 'x< client 2 read ended at 1.000 s: RST from this side, after 0 bytes'],
    ['write', 'self', 'x> client 2 write ended at 1.000 s: RST after 0 bytes'],
  ] as const)('a reset ends the %s, sent by %s', (direction, by, line) => {
    const xray = new XRay({ direction, decoder: lines({ charset: 'text' }).decoder() });
    expect(formatSeen(xray.end('RST', 1000, by), { who: 'client 2' })).toEqual([line]);
    expect(JSON.parse(formatJson(xray.end('RST', 1000, by)))).toMatchObject({ how: 'RST', by });
  });

  it('a reset by somebody without a name', () => {
    const xray = new XRay({ direction: 'write', decoder: lines({ charset: 'text' }).decoder() });
    expect(formatSeen(xray.end('RST', 0, 'peer'))).toEqual([
      'x> write ended at 0.000 s: RST from the other side, after 0 bytes',
    ]);
  });

  it('one write of ours that came as two reads of theirs: the same positions, a frame begun and finished', () => {
    const made = (direction: 'read' | 'write'): XRay =>
      new XRay({ direction, decoder: lines({ charset: 'text' }).decoder() });
    const [ours, theirs] = [made('write'), made('read')];
    const written = formatSeen(ours.chunk(bytesOf('hello\n'), 0));
    const read = ['hel', 'lo\n'].flatMap((part) => formatSeen(theirs.chunk(bytesOf(part), 1)));
    const short = (all: readonly string[]): string[] => all.filter((line) => !/^x {2,} \d/.test(line));
    expect(short(written)).toEqual(['x> write 1 at 0.000 s: 6 bytes, 0 to 5', 'x  frame 1 whole: "hello"']);
    expect(short(read)).toEqual([
      'x< read 1 at 0.001 s: 3 bytes, 0 to 2',
      'x  frame 1 began: "hel"',
      'x< read 2 at 0.001 s: 3 bytes, 3 to 5',
      'x  frame 1 finished, begun in read 1: "hello"',
    ]);
  });

  it('clock: wall: the time of day in UTC, to the millisecond, wherever it is read', () => {
    const [read, end] = see(['hi\n'], 0);
    const atMs = Date.UTC(2026, 10, 29, 23, 59, 59, 7);
    const first = (seen: Seen): string | undefined => formatSeen({ ...seen, atMs }, { clock: 'wall' })[0];
    expect(first(read!)).toBe('x< read 1 at 23:59:59.007 UTC: 3 bytes, 0 to 2');
    expect(first(end!)).toBe('x< read ended at 23:59:59.007 UTC: FIN after 3 bytes');
    expect(JSON.parse(formatJson({ ...read!, atMs }))).toMatchObject({ atMs });
  });

  it('says who, which way, and what is wrong', () => {
    const xray = new XRay({ direction: 'write', decoder: lines({ charset: 'text' }).decoder() });
    const seen = [
      xray.chunk(bytesOf('a\u001b'), 5),
      xray.chunk(bytesOf('x'), 6),
      xray.chunk(bytesOf('\n'), 7),
    ];
    expect(seen.flatMap((each) => formatSeen(each, { who: 'client 2' })).join('\n')).toBe(
      String.raw`x> client 2 write 1 at 0.005 s: 2 bytes, 0 to 1
x     0  61 1b  a\x1b
x  frame 1 began, FRAME_BAD_BYTE: "a\x1b"
x> client 2 write 2 at 0.006 s: 1 byte, 2
x     2  78  x
x  frame 1 went on, begun in write 1, FRAME_BAD_BYTE: 3 bytes by now
x> client 2 write 3 at 0.007 s: 1 byte, 3
x     3  0a  \n
x  frame 1 finished, begun in write 1, FRAME_BAD_BYTE: "\n"`,
    );
  });

  it('a long chunk is left out in the middle, and its many frames', () => {
    const seen = see(['0123456789abcde\n'.repeat(100)]);
    expect(show(seen.slice(0, 1)).split('\n')).toEqual([
      'x< read 1 at 0.000 s: 1600 bytes, 0 to 1599',
      ...[0, 16, 32, 48, 64, 80, 96].map(row),
      'x        ... 1456 more bytes',
      ...[1568, 1584].map(row),
      ...[1, 2, 3, 4, 5, 6, 7].map(frame),
      'x  ... 91 more frames',
      ...[99, 100].map(frame),
    ]);
    function row(at: number): string {
      return String.raw`x  ${String(at).padStart(4)}  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 0a  0123456789abcde\n`;
    }
    function frame(number: number): string {
      return `x  frame ${number} whole: "0123456789abcde"`;
    }
  });

  it.each([40, 80, 120])('fits %i columns, whatever the bytes', (columns) => {
    const every = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('');
    const seen = see([every, 'x'.repeat(900), `${'y'.repeat(500)}\n`]);
    for (const line of seen.slice(0, -1).flatMap((each) => formatSeen(each, { columns }))) {
      expect(line).toMatch(/^[\x20-\x7e]*$/);
      // A head or a label may be longer than 40; bytes never make it so.
      if (columns > 40 || /^x {2} *\d/.test(line)) expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  it('a long frame is shown with its beginning and its length', () => {
    const [seen] = see([`${'z'.repeat(200)}\n`]);
    expect(formatSeen(seen!).at(-1)).toBe(`x  frame 1 whole: "${'z'.repeat(40)}"... (200 characters)`);
  });

  it('LEGEND: five lines of at most 80 columns', () => {
    expect(LEGEND).toHaveLength(5);
    for (const line of LEGEND) expect(line).toMatch(/^x[\x20-\x7e]{10,79}$/);
  });
});

describe('formatJson', () => {
  it('is one object in one line of plain ASCII, with everything in it', () => {
    const [seen, end] = see(['\u0080\u2028'.slice(0, 1)]);
    const line = formatJson(seen!, 'client 1');
    expect(line).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(line)).toEqual({
      kind: 'chunk',
      direction: 'read',
      who: 'client 1',
      number: 1,
      atMs: 0,
      from: 0,
      to: 1,
      bytes: '80',
      pieces: [
        {
          frame: 1,
          state: 'began',
          begunIn: 1,
          from: 0,
          to: 1,
          bytes: 1,
          text: '\u0080',
          fault: 'FRAME_BAD_BYTE',
        },
      ],
    });
    expect(JSON.parse(formatJson(end!))).toMatchObject({ kind: 'end', how: 'FIN', to: 1 });
  });
});
