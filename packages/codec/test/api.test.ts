import { expect, expectTypeOf, test } from 'vitest';
import * as root from '../src/index.ts';
import { type Decoder, type Frame, type FrameFault, lines } from '../src/index.ts';
import * as framings from '../src/framings/index.ts';
import * as json from '../src/json/index.ts';
import * as lengthPrefixed from '../src/length-prefixed/index.ts';
import * as node from '../src/node/index.ts';
import * as presets from '../src/presets/index.ts';
import * as stuffed from '../src/stuffed/index.ts';
import * as testing from '../src/testing/index.ts';
import * as web from '../src/web/index.ts';

const compare = (a: string, b: string): number => (a < b ? -1 : 1);

test('doors: these names and no others', () => {
  expect(Object.keys(root).toSorted(compare)).toEqual([
    'FRAME_FAULT_CODES',
    'formatFault',
    'isFault',
    'lines',
  ]);
  expect(Object.keys(framings).toSorted(compare)).toEqual([
    'chunk',
    'delimited',
    'enclosed',
    'looseLines',
    'netstring',
  ]);
  expect(Object.keys(json)).toEqual(['jsonLines']);
  expect(Object.keys(lengthPrefixed)).toEqual(['lengthPrefixed']);
  expect(Object.keys(stuffed).toSorted(compare)).toEqual(['cobs', 'slip', 'stuffed']);
  expect(Object.keys(presets).toSorted(compare)).toEqual(['modbusLrc', 'nmeaChecksum', 'presets']);
  expect(Object.keys(node).toSorted(compare)).toEqual(['frameTransform', 'frames']);
  expect(Object.keys(web)).toEqual(['frameStream']);
  expect(Object.keys(testing)).toEqual(['everySplit']);
});

test('presets: one for enclosed is refused by lines and its types, and the other way round', () => {
  // @ts-expect-error -- it has a start
  expect(() => lines(presets.presets.mllp)).toThrow(TypeError);
  // @ts-expect-error -- it has no start
  expect(() => framings.enclosed(presets.presets.smtp)).toThrow(TypeError);
});

test('Decoder: what it gives is known from the charset, and take only to a decoder made for it', () => {
  const text = lines({ charset: 'text' }).decoder();
  expectTypeOf(text.read()).toEqualTypeOf<string | FrameFault | undefined>();
  const bytes: Decoder<Uint8Array> = lines({ charset: 'bytes' }).decoder();
  expectTypeOf(lines({ charset: 'bytes' }).decoder().read()).toEqualTypeOf<
    Uint8Array<ArrayBuffer> | FrameFault | undefined
  >();
  expectTypeOf(bytes.read()).toEqualTypeOf<Uint8Array | FrameFault | undefined>();
  const taking: Decoder<string | Uint8Array> = lines().decoder<Uint8Array>();
  expectTypeOf(taking.read()).toEqualTypeOf<Frame<string | Uint8Array> | undefined>();
  taking.take(1);
  // @ts-expect-error -- its frames are said to be text
  text.take(1);
  expect(text.read()).toBeUndefined();
});
