import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Decoder, type Frame, lines, type LinesOptions } from '../src/index.ts';
import { looseLines, type LooseLinesOptions } from '../src/framings/index.ts';
import { wire } from './wire.ts';
import { runsFor } from './how-many.ts';

/** Lines that all but the shortest chunk have many of, now and then with something wrong in them. */
const line = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('', 'a', 'bcd', 'The quick brown fox') },
  { weight: 1, arbitrary: fc.constantFrom('x\r', 'y\rz', '\x80', '\x00', 'w'.repeat(25)) },
);
const text = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\n', '\n', '\n', '\n', '\n', '\n', '\r\n')), { maxLength: 60 })
  .map((pairs) => pairs.map((pair) => pair.join('')).join(''));
const options = fc.record({
  ends: fc.constantFrom<Pick<LooseLinesOptions, 'terminator' | 'bareCr'>>(
    { terminator: 'either' },
    { terminator: 'either', bareCr: 'content' },
    { terminator: 'either', bareCr: 'end' },
    { terminator: 'lf' },
    { terminator: 'crlf' },
  ),
  onTail: fc.constantFrom('fault', 'frame'),
  charset: fc.constantFrom('text', 'ascii', 'latin1', 'utf8'),
  maxFrameBytes: fc.constant(20),
});

function drain(decoder: Decoder, most: () => number): Frame[] {
  const frames: Frame[] = [];
  for (;;) {
    const run = most() > 0 ? decoder.readRun?.(most()) : undefined;
    if (run !== undefined) {
      let from = 0;
      for (const to of run.ends) {
        frames.push(run.text.slice(from, to));
        expect(run.text[to]).toBe('\n');
        from = to + 1;
      }
      expect(run.text.length).toBe(from);
      continue;
    }
    const frame = decoder.read();
    if (frame === undefined) return frames;
    frames.push(frame);
  }
}

test('readRun: gives what read would give, whatever the chunks and however the two take turns', () => {
  fc.assert(
    fc.property(
      options,
      text,
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }),
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1 }),
      ({ ends, ...others }, content, cuts, mosts) => {
        const given = { ...others, ...ends };
        const bytes = wire(content);
        const want = [...looseLines(given).decoder().push(bytes).end()];
        const decoder = looseLines(given).decoder();
        let turn = 0;
        const most = (): number => mosts[turn++ % mosts.length]!;
        const got: Frame[] = [];
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const to = at + cuts[n % cuts.length]!;
          got.push(...drain(decoder.push(bytes.subarray(at, to)), most));
          at = to;
        }
        got.push(...drain(decoder.end(), most));
        expect(got).toEqual(want);
      },
    ),
    { numRuns: runsFor(2_000) },
  );
});

const run = (given: LinesOptions, content: string, most = 64): unknown =>
  lines(given).decoder().push(wire(content)).readRun?.(most);

test('readRun: at most so many, each at most L, and none over it, past a CR or at fault', () => {
  const abc = 'abc\n'.repeat(20);
  expect(run({}, abc, 2)).toEqual({ text: 'abc\nabc\n', ends: [3, 7] });
  expect(run({ maxFrameBytes: 3 }, `${abc}abcd\n`)).toMatchObject({ text: abc });
  expect(run({ maxFrameBytes: 2 }, abc)).toBeUndefined();
  expect(run({}, `a\nb\r\n${abc}`)).toMatchObject({ text: 'a\n' });
  expect(run({ charset: 'text' }, `${abc}\x00\n`)).toBeUndefined();
  expect(run({ terminator: 'crlf' }, abc)).toBeUndefined();
});

test('readRun: takes up the stream where it is, and bytes asked for by take come first', () => {
  const decoder = lines().decoder<Uint8Array>();
  decoder.push(wire('abcd\n'.repeat(20)));
  expect(decoder.readRun?.(3)).toMatchObject({ ends: [4, 9, 14] });
  expect(decoder.offset).toBe(15);
  decoder.take(2);
  expect(decoder.readRun?.(3)).toBeUndefined();
  expect(decoder.read()).toEqual(wire('ab'));
  expect(decoder.readRun?.(2)).toEqual({ text: 'cd\nabcd\n', ends: [2, 7] });
});
