import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Keys, MOST_PASTED_CHARS, type Stroke } from '../../src/terminal/keys.ts';

const START = '\u001b[200~';
const END = '\u001b[201~';

/** The strokes of all these reads, with texts that follow each other joined. */
function strokesOf(reads: readonly string[], keys = new Keys()): Stroke[] {
  const joined: Stroke[] = [];
  for (const stroke of reads.flatMap((read) => keys.push(read))) {
    const last = joined.at(-1);
    if (stroke.kind !== 'text' || last?.kind !== 'text') joined.push(stroke);
    else joined[joined.length - 1] = { kind: 'text', text: last.text + stroke.text };
  }
  return joined;
}

const key = (sequence: string): Stroke => ({ kind: 'key', sequence });
const typed = (text: string): Stroke => ({ kind: 'text', text });
const pasted = (lines: string[], rest: string, bytes: number, controls = 0): Stroke => ({
  kind: 'paste',
  paste: { lines, rest, bytes, controls },
});

/** Text as it comes from a keyboard, in pieces that mean something. */
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom('abc', 'd', 'grün', '😀', '\r', '\u0003', '\u007f', '\u001bb', '\u001b\r', '\u001b[A'),
    fc.constantFrom('\u001b[1;5C', '\u001bOP', '\u001b[[A', '\u001b[3~', '\u001b[2$', '\u001b\u001b[B'),
    fc.constantFrom('\u001b[27;5;9~', '\u001b[<0;1;1M', '\u001b[I'),
    fc
      .array(
        fc.constantFrom('a', ' b', '\t', '\r', '\n', '\r\n', '\u0003', '\u001b[A', '[201~', '\u001b[20', 'é'),
      )
      .map((parts) => `${START}${parts.join('')}${END}`),
  ),
  { maxLength: 8 },
);

describe('Keys', () => {
  test.each([
    [
      'text and keys',
      'XX\r\u001b[HY\u0003',
      [typed('XX'), key('\r'), key('\u001b[H'), typed('Y'), key('\u0003')],
    ],
    ['Alt, and Alt as two ESCs', '\u001bb\u001b\u001b[A', [key('\u001bb'), key('\u001b[A')]],
    ['a tab in a burst', 'a\tb', [typed('a\tb')]],
    ['a tab at its end', 'a\t', [typed('a'), key('\t')]],
    ['sequences nobody here knows', 'a\u001b[27;5;9~\u001b[<0;1;1Mb', [typed('ab')]],
    ['a sequence that breaks off', 'a\u001b[1\rb', [typed('a'), key('\r'), typed('b')]],
    [
      'a paste',
      `a${START}b\tc\u0003\u001b[A\r\nd${END}e`,
      [typed('a'), pasted(['b\tc[A'], 'd', 10, 2), typed('e')],
    ],
    ['an empty paste', `${START}${END}`, [pasted([], '', 0)]],
    ['the end of a paste without one', `a${END}b`, [typed('a'), key(END), typed('b')]],
    ['a paste in a paste', `${START}a${START}b${END}`, [pasted([], 'a[200~b', 8, 1)]],
  ] satisfies [string, string, Stroke[]][])('Keys: %s', (_, read, want) => {
    expect(strokesOf([read])).toEqual(want);
  });

  test('Keys: the same strokes, wherever the reads are cut', () => {
    fc.assert(
      fc.property(pieces, fc.array(fc.nat()), (all, cuts) => {
        const text = all.join('');
        const at = [...new Set([0, ...cuts.map((cut) => cut % (text.length + 1)), text.length])].toSorted(
          (a, b) => a - b,
        );
        const reads = at.slice(1).map((end, index) => text.slice(at[index], end));
        const whole = strokesOf([text]);
        expect(strokesOf(reads)).toEqual(whole);
        expect(strokesOf(Array.from(text))).toEqual(whole);
      }),
    );
  });

  test('Keys: a paste as long as allowed is taken, a longer one refused, and the keys behind it count', () => {
    const most = 'a'.repeat(MOST_PASTED_CHARS);
    expect(strokesOf([START, most, END, 'b'])).toEqual([pasted([], most, most.length), typed('b')]);
    expect(strokesOf([START, most, `a${END}b`])).toEqual([{ kind: 'refused' }, typed('b')]);
    expect(strokesOf([START, most, 'aaaaaaaaaa', '\u001b[2', '01~b'])).toEqual([
      { kind: 'refused' },
      typed('b'),
    ]);
  });

  test('Keys: a paste that never ends is not held; when nothing more comes, the keys count again', () => {
    const keys = new Keys();
    const chunk = 'a'.repeat(65_536);
    strokesOf([START], keys);
    const before = process.memoryUsage().heapUsed;
    for (let mib = 0; mib < 256; mib += 1 / 16) expect(keys.push(chunk)).toEqual([]);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(128 * 1024 * 1024);
    expect(keys.awaits).toBe('paste');
    expect(keys.expire()).toEqual([{ kind: 'refused' }]);
    expect(strokesOf(['b'], keys)).toEqual([typed('b')]);
  });

  test('Keys: a paste without an end has ended when nothing more comes', () => {
    const keys = new Keys();
    keys.push(`${START}a\nb`);
    expect(keys.expire()).toEqual([pasted(['a'], 'b', 3)]);
    expect(keys.awaits).toBe('nothing');
  });

  test('Keys: an ESC alone is the beginning of something, until nothing comes; a longer beginning waits', () => {
    const keys = new Keys();
    expect(keys.push('\u001b')).toEqual([]);
    expect(keys.awaits).toBe('sequence');
    expect(keys.expire()).toEqual([]);
    expect(keys.push('b')).toEqual([typed('b')]);
    keys.push('\u001b[2');
    expect(keys.awaits).toBe('nothing');
    expect(keys.expire()).toEqual([]);
    expect(keys.push('00~a\u001b[201~')).toEqual([pasted([], 'a', 1)]);
  });

  test('Keys: a sequence that never ends is given up', () => {
    const keys = new Keys();
    expect(strokesOf(['\u001b[', '1'.repeat(40), 'a'], keys)).toEqual([typed('a')]);
  });
});
