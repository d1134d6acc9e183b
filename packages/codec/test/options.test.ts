import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { lines, type LinesOptions } from '../src/index.ts';
import { chunk, delimited, enclosed, looseLines, netstring } from '../src/framings/index.ts';
import type { OptionNames } from '../src/limits.ts';
import { oneLine, shown } from '../src/one-line.ts';
import { lengthPrefixed } from '../src/length-prefixed/index.ts';
import { frames, frameTransform } from '../src/node/index.ts';
import { presets } from '../src/presets/index.ts';
import { cobs, slip, stuffed } from '../src/stuffed/index.ts';
import { everySplit } from '../src/testing/index.ts';
import { wire } from './wire.ts';

type Call = (options: unknown) => unknown;
const common = { maxFrameBytes: 9, onOverflow: 'truncate', maxTakeBytes: 9, charset: 'utf8', source: 'a' };

/** Every function that takes options, with all that it knows. */
const calls: readonly { name: string; act: string; call: Call; known: object }[] = [
  {
    name: 'lines',
    act: 'make framing',
    call: lines as unknown as Call,
    known: { ...common, terminator: 'either', onTail: 'frame' },
  },
  {
    name: 'looseLines',
    act: 'make framing',
    call: looseLines as unknown as Call,
    known: { ...common, terminator: 'either', bareCr: 'end', onTail: 'frame', bom: 'strip' },
  },
  { name: 'chunk', act: 'make framing', call: chunk as unknown as Call, known: common },
  { name: 'netstring', act: 'make framing', call: netstring as unknown as Call, known: common },
  {
    name: 'delimited',
    act: 'make framing',
    call: delimited as unknown as Call,
    known: { ...common, delimiters: ';', onTail: 'frame', keepDelimiter: true },
  },
  {
    name: 'enclosed',
    act: 'make framing',
    call: enclosed as unknown as Call,
    known: { ...common, start: '<', end: '>' },
  },
  {
    name: 'lengthPrefixed',
    act: 'make framing',
    call: lengthPrefixed as unknown as Call,
    known: { ...common, length: 'u16', endian: 'little', counts: 'all', header: 1, adjust: 1 },
  },
  {
    name: 'slip',
    act: 'make framing',
    call: slip as unknown as Call,
    known: { ...common, emptyFrames: 'keep' },
  },
  { name: 'cobs', act: 'make framing', call: cobs as unknown as Call, known: common },
  {
    name: 'stuffed',
    act: 'make framing',
    call: stuffed as unknown as Call,
    known: { ...common, start: '<', end: '>', escape: '^', xor: 64 },
  },
  {
    name: 'frames',
    act: 'read frames',
    call: (options) => frames(new PassThrough(), lines(), options as { signal?: AbortSignal }),
    known: { signal: AbortSignal.abort(), silenceMs: 5 },
  },
  {
    name: 'frameTransform',
    act: 'transform frames',
    call: (options) => frameTransform(lines(), options as { readableHighWaterMark?: number }),
    known: { readableHighWaterMark: 2 },
  },
  {
    name: 'everySplit',
    act: 'split wire',
    call: (options) => everySplit(lines(), wire('a\n'), ['a'], options as { seed?: number }),
    known: { seed: 1, randomCuts: 1, pairsUpTo: 0 },
  },
];

test.each(calls)('$name: all its options at once are taken', ({ call, known }) => {
  expect(() => call(known)).not.toThrow();
});

test.each(calls)('$name: an unknown option is refused by its name', ({ call, act, known }) => {
  const list = Object.keys(known).join(', ');
  for (const name of ['maxLength', 'terminater', 'singal', 'toString', '__proto__x', 'a\nb']) {
    expect(() => call({ ...known, [name]: undefined })).toThrow(
      new TypeError(`Cannot ${act}: ${name.replace('\n', '\\u{a}')} is not an option, expected ${list}`),
    );
  }
  expect(() => call(Object.create({ ...known, inherited: 1 }) as object)).toThrow(
    new TypeError(`Cannot ${act}: inherited is not an option, expected ${list}`),
  );
});

test.each(calls)('$name: what are no options is one clear error', ({ call, act }) => {
  const wrong = [
    [null, 'null'],
    [[], 'an array'],
    ['lf', '"lf"'],
    [80, '80'],
    [true, 'true'],
    [() => 1, '() => 1'],
  ] as const;
  for (const [options, got] of wrong) {
    expect(() => call(options)).toThrow(new TypeError(`Cannot ${act}: expected options, got ${got}`));
  }
});

test('presets: each can be spread into options, its source included', () => {
  const { mllp, mllpLatin1, modbusAscii, ...ofLines } = presets;
  for (const preset of Object.values(ofLines)) {
    expect(() => lines({ ...preset, onOverflow: 'truncate' })).not.toThrow();
  }
  for (const preset of [mllp, mllpLatin1, modbusAscii]) expect(() => enclosed({ ...preset })).not.toThrow();
});

test('OptionNames: an option of the interface can not be left out, nor one added', () => {
  type Names = OptionNames<Pick<LinesOptions, 'terminator' | 'start' | 'charset'>>;
  const names: Names[] = [
    { terminator: true, charset: true },
    // @ts-expect-error -- the charset is missing
    { terminator: true },
    // @ts-expect-error -- the type of `start` is never: it is there to be refused
    { terminator: true, charset: true, start: true },
  ];
  expect(names).toHaveLength(3);
});

test.each(['charset', 'onOverflow', 'maxFrameBytes', 'maxTakeBytes', 'terminator', 'onTail'])(
  'lines: whatever value %s has, the error is a RangeError of one line',
  (name) => {
    for (const value of ['a\r\nb', null, Symbol('a\nb'), Object.create(null), ['lf\n'], {}, () => '\n']) {
      let got: unknown;
      try {
        Reflect.apply(lines, undefined, [{ [name]: value }]);
      } catch (error) {
        got = error;
      }
      expect(got).toBeInstanceOf(RangeError);
      expect((got as Error).message).toMatch(/^Cannot make framing: \w+ is [ -~]*, expected [ -~]*$/);
    }
  },
);

test('oneLine: what is not visible is escaped, and a long text is cut', () => {
  const unseen = ['\0', '\n', '\r', '\x1b', '\x7f', '\x85', '\u2028', '\u2029', '\u202e', '\ud800'];
  expect(oneLine(unseen.join(''))).toBe(
    String.raw`\u{0}\u{a}\u{d}\u{1b}\u{7f}\u{85}\u{2028}\u{2029}\u{202e}\u{d800}`,
  );
  expect(oneLine('é€😀 "a"')).toBe('é€😀 "a"');
  expect(oneLine('x'.repeat(100))).toBe('x'.repeat(100));
  expect(oneLine('x'.repeat(101))).toBe(`${'x'.repeat(100)}...`);
  expect([shown('5'), shown(5), shown(Object.create(null))]).toEqual(['"5"', '5', 'object']);
});
