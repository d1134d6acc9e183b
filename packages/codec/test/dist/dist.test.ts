// What ships: the same promises, held by the built files.
import { gzipSync } from 'node:zlib';
import { formatFault, FRAME_FAULT_CODES, isFault, lines } from '@proto/codec';
import { delimited, enclosed, netstring } from '@proto/codec/framings';
import { jsonLines } from '@proto/codec/json';
import { lengthPrefixed } from '@proto/codec/length-prefixed';
import { frames } from '@proto/codec/node';
import { cobs, slip, stuffed } from '@proto/codec/stuffed';
import { everySplit } from '@proto/codec/testing';
import { frameStream } from '@proto/codec/web';
import { build } from 'esbuild';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (unit) => unit.charCodeAt(0));

test('dist: the doors lead to built files', () => {
  expect(import.meta.resolve('@proto/codec')).toMatch(/\/dist\/index\.js$/);
});

const tooLong = { code: 'FRAME_TOO_LONG', offset: 3, limit: 3 } as const;
test.each([
  { name: 'lines', framing: lines(), wire: 'a\r\n\nb\n', want: ['a', '', 'b'] },
  { name: 'a limit', framing: lines({ maxFrameBytes: 3 }), wire: 'abcd\nz\n', want: [tooLong, 'z'] },
  {
    name: 'a bad byte',
    framing: lines({ charset: 'text' }),
    wire: '\x07\nz\n',
    want: [{ code: 'FRAME_BAD_BYTE', offset: 0, byte: 7, charset: 'text' }, 'z'],
  },
  {
    name: 'a bare LF',
    framing: lines({ terminator: 'crlf' }),
    wire: '\n\r\nz\r\n',
    want: [{ code: 'FRAME_BARE_LF', offset: 0 }, 'z'],
  },
  {
    name: 'a bare CR',
    framing: lines(),
    wire: '\rx\nz\n',
    want: [{ code: 'FRAME_BARE_CR', offset: 0 }, 'z'],
  },
  {
    name: 'a cut tail',
    framing: lines(),
    wire: 'a',
    want: [{ code: 'FRAME_INCOMPLETE', offset: 1, bytes: 1 }],
  },
  { name: 'utf8', framing: lines({ charset: 'utf8' }), wire: '\xc3\xa9\n', want: ['é'] },
  { name: 'delimited', framing: delimited({ delimiters: ';' }), wire: 'a;;', want: ['a', ''] },
  {
    name: 'enclosed',
    framing: enclosed({ start: '<', end: '>' }),
    wire: '-<a>',
    want: [{ code: 'FRAME_SKIPPED', offset: 0, bytes: 1 }, 'a'],
  },
  { name: 'netstring', framing: netstring(), wire: '1:a,0:,', want: ['a', ''] },
  {
    name: 'lengthPrefixed',
    framing: lengthPrefixed({ length: 'varint', charset: 'utf8', maxFrameBytes: 3 }),
    wire: '\x02\xc3\xa9\x04abcd\x00\x81',
    want: ['é', { ...tooLong, offset: 7 }, '', { code: 'FRAME_INCOMPLETE', offset: 10, bytes: 1 }],
  },
  { name: 'slip', framing: slip(), wire: '\xc0\xdb\xdca\xc0\xc0', want: [bytes('\xc0a')] },
  { name: 'cobs', framing: cobs(), wire: '\x01\x02a\x00', want: [bytes('\x00a')] },
  {
    name: 'stuffed',
    framing: stuffed({ start: '\x10\x02', end: '\x10\x03', escape: '\x10', charset: 'ascii' }),
    wire: '\x10\x02a\x10\x10\x10\x03-',
    want: ['a\x10', { code: 'FRAME_SKIPPED', offset: 7, bytes: 1 }],
  },
] as const)('dist: $name, at every cut', ({ framing, wire, want }) => {
  expect(() => everySplit<string | Uint8Array>(framing, bytes(wire), want)).not.toThrow();
});

test('dist: the adapters', async () => {
  const chunks = [bytes('a\n\nb'), bytes('c\n')];
  const read: unknown[] = [];
  for await (const frame of frames(Readable.from(chunks, { objectMode: false }), lines())) read.push(frame);
  for await (const frame of new Blob([bytes('d\n')]).stream().pipeThrough(frameStream(lines())))
    read.push(frame);
  expect(read).toEqual(['a', '', 'bc', 'd']);
  expect([isFault(tooLong), formatFault(tooLong), FRAME_FAULT_CODES.length]).toEqual([
    true,
    'Cannot read frame: it is longer than 3 bytes (at stream offset 3)',
    8,
  ]);
});

test('dist: lines of JSON, at every cut', () => {
  const cut = { code: 'FRAME_INCOMPLETE', offset: 9, bytes: 2 } as const;
  expect(() =>
    everySplit(jsonLines(), bytes('[1]\n\n2\n34'), [{ value: [1] }, { value: 2 }, cut]),
  ).not.toThrow();
});

/** Bytes of a program that imports all of these doors, minified and gzipped. */
async function size(...doors: readonly string[]): Promise<number> {
  const { outputFiles, warnings } = await build({
    stdin: { contents: doors.map((door) => `export * from './${door}.js'`).join('\n'), resolveDir: DIST },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    logLevel: 'silent',
  });
  // Such as an import for nothing but its side effects, of which we have none.
  expect(warnings).toEqual([]);
  const text = outputFiles[0]?.text ?? '';
  expect(text).not.toMatch(/(?:from|import)\s*\(?["']node:/);
  return gzipSync(text, { level: 9 }).length;
}

test('dist: the root entry is at most 6.3 kB minified and gzipped, each other door at most 3 kB on top', async () => {
  const root = await size('index');
  console.log(`size: the root entry ${root} bytes, minified and gzipped`);
  expect(root).toBeLessThanOrEqual(6300);
  for (const door of [
    'framings/index',
    'json/index',
    'length-prefixed/index',
    'stuffed/index',
    'presets/index',
    'web/index',
    'testing/index',
  ]) {
    const more = (await size('index', door)) - root;
    console.log(`size: ${door} ${more} bytes on top`);
    expect(more).toBeLessThanOrEqual(3000);
  }
});
