import { expect, test } from 'vitest';
import { type FramingOptions } from '../src/index.ts';
import { chunk } from '../src/framings/index.ts';
import { unwire, wire } from './wire.ts';

function frames(options: FramingOptions, chunks: readonly string[]): unknown[] {
  const decoder = chunk(options).decoder();
  const read = chunks.flatMap((text) => [...decoder.push(wire(text))]);
  expect(decoder.offset).toBe(chunks.join('').length);
  return [...read, ...decoder.end()];
}

test('chunk: 7 one read is one frame, a line end at its end removed', () => {
  expect(frames({}, ['hello', 'a\nb\n', 'c\r\n', '\n', 'd\r', 'e\n\n'])).toEqual([
    'hello',
    'a\nb',
    'c',
    '',
    'd\r',
    'e\n',
  ]);
});

test('chunk: 3 L-1, L, L+1 with none, LF and CRLF', () => {
  const tooLong = { code: 'FRAME_TOO_LONG', limit: 3 };
  expect(frames({ maxFrameBytes: 3 }, ['ab', 'abc\r\n', 'abc\n', 'abcd', 'x'])).toEqual([
    'ab',
    'abc',
    'abc',
    { ...tooLong, offset: 14 },
    'x',
  ]);
  expect(frames({ maxFrameBytes: 3, onOverflow: 'truncate' }, ['abcd\n'])).toEqual(['abc']);
  expect(frames({ maxFrameBytes: 3, onOverflow: 'truncate', charset: 'utf8' }, ['ab\xc3\xa9'])).toEqual([
    'ab',
  ]);
});

test('chunk: 4 a fault costs its chunk, in order, at its offset', () => {
  expect(frames({ charset: 'text' }, ['a', 'b\x01\x02', 'c'])).toEqual([
    'a',
    { code: 'FRAME_BAD_BYTE', offset: 2, byte: 1, charset: 'text' },
    'c',
  ]);
  expect(frames({ charset: 'utf8' }, ['a\xc3', '\xa9', 'é'])).toEqual([
    { code: 'FRAME_BAD_BYTE', offset: 1, byte: 0xc3, charset: 'utf8' },
    { code: 'FRAME_BAD_BYTE', offset: 2, byte: 0xa9, charset: 'utf8' },
    { code: 'FRAME_BAD_BYTE', offset: 3, byte: 0xe9, charset: 'utf8' },
  ]);
});

test('chunk: take cuts through chunks, what is left of one is a frame', () => {
  const decoder = chunk().decoder<Uint8Array>();
  decoder.take(3);
  expect([...decoder.push(wire('ab')), ...decoder.push(wire('cde\n'))]).toEqual([wire('abc'), 'de']);
});

test('chunk: encode adds nothing and refuses a line end that would be removed', () => {
  expect(unwire(chunk().encode('a\nb'))).toBe('a\nb');
  expect(chunk().encodeToLatin1('')).toBe('');
  expect(() => chunk().encode('a\n')).toThrow(
    new RangeError('Cannot encode frame: 0x0A at index 1 could be read as a mark of the framing'),
  );
  expect(() => chunk({ maxFrameBytes: 1 }).encode('ab')).toThrow(RangeError);
});

test('chunk: a CR among bytes taken is no part of the line end behind them', () => {
  const decoder = chunk().decoder<Uint8Array>();
  decoder.take(2);
  expect([...decoder.push(wire('a\r\n'))]).toEqual([wire('a\r'), '']);
});
