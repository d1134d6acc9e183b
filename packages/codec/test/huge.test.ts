// One chunk beyond 2 GiB. The memory is never written, so the system doesn't provide it.
import { expect, test } from 'vitest';
import { type Framing, lines } from '../src/index.ts';
import { chunk, delimited, enclosed } from '../src/framings/index.ts';
import { host } from '../src/host.ts';
import { wire } from './wire.ts';

const GAP = 2 ** 31 + 2;
const LIMIT = 65_536;
const tail = wire('\na\n>b<c>d\n');
const huge = new Uint8Array(GAP + tail.length);
huge.set(tail, GAP);

const tooLong = { code: 'FRAME_TOO_LONG', offset: LIMIT, limit: LIMIT };
const rest = [wire('a'), wire('>b<c>d')];

test.each<{ name: string; framing: Framing<string | Uint8Array>; want: readonly unknown[] }>([
  { name: 'lines of ascii', framing: lines(), want: [tooLong, 'a', '>b<c>d'] },
  { name: 'lines of latin1', framing: lines({ charset: 'latin1' }), want: [tooLong, 'a', '>b<c>d'] },
  { name: 'lines of bytes', framing: lines({ charset: 'bytes' }), want: [tooLong, ...rest] },
  {
    name: 'lines of text',
    framing: lines({ charset: 'text' }),
    want: [{ code: 'FRAME_BAD_BYTE', offset: 0, byte: 0, charset: 'text' }, 'a', '>b<c>d'],
  },
  {
    name: 'strict lines',
    framing: lines({ terminator: 'crlf', charset: 'bytes', onOverflow: 'truncate' }),
    want: [],
  },
  {
    name: 'delimited by one byte',
    framing: delimited({ delimiters: '\n', charset: 'bytes' }),
    want: [tooLong, ...rest],
  },
  {
    name: 'enclosed',
    framing: enclosed({ start: '<', end: '>' }),
    want: [{ code: 'FRAME_SKIPPED', offset: 0, bytes: GAP + 5 }, 'c'],
  },
  { name: 'chunk', framing: chunk(), want: [tooLong] },
])('$name: a chunk beyond 2 GiB: the fault, then the next frame', ({ framing, want }) => {
  const decoder = framing.decoder().push(huge);
  const got: unknown[] = [];
  // A decoder that has lost its position gives frames without end.
  while (got.length < 9) {
    const frame = decoder.read();
    if (frame === undefined) break;
    got.push(frame);
  }
  expect(got).toEqual(want);
});

test('take: more than 2 GiB are discarded, and the next line is read', () => {
  const decoder = lines({ charset: 'utf8' }).decoder<Uint8Array>();
  decoder.take(GAP + 1);
  decoder.push(huge);
  expect([decoder.read(), decoder.read(), decoder.read()]).toEqual([
    { code: 'FRAME_TOO_LONG', offset: 0, limit: 1_048_576 },
    'a',
    '>b<c>d',
  ]);
});

test('encode: bytes beyond 2 GiB are refused as over the limit', () => {
  expect(() => lines({ charset: 'bytes' }).encode(huge)).toThrow(
    new RangeError(`Cannot encode frame: it has ${huge.length} bytes, the limit is 65536`),
  );
});

test('host: every function is right beyond 2 GiB', () => {
  expect(host.indexOf(huge, 0x0a, 0)).toBe(GAP);
  expect(host.indexOf(huge, 0x0a, GAP + 1)).toBe(GAP + 2);
  expect(host.indexOf(huge, 0x78, GAP)).toBe(-1);
  expect(host.latin1(huge, GAP + 1, GAP + 3)).toBe('a\n');
  expect(host.utf8(huge, GAP + 1, GAP + 3)).toBe('a\n');
  expect(host.isAscii(huge)).toBe(true);
});
