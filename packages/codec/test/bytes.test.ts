import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { isBytes } from '../src/bytes.ts';
import { type Decoder, lines } from '../src/index.ts';
import { delimited } from '../src/framings/index.ts';

const tagged = (value: object): object =>
  Object.defineProperty(value, Symbol.toStringTag, { value: 'Uint8Array' });

/** What says that it is a `Uint8Array`. */
const fakes: readonly { name: string; value: unknown }[] = [
  { name: 'an array with a tag', value: tagged([97, 10]) },
  { name: 'an object with a tag', value: tagged({ 0: 97, 1: 10, length: 2 }) },
  { name: 'an object of its prototype', value: Object.create(Uint8Array.prototype) },
  { name: 'an Int8Array with a tag', value: tagged(Int8Array.of(97, 10)) },
  { name: 'a Uint8ClampedArray', value: Uint8ClampedArray.of(97, 10) },
  { name: 'a DataView with a tag', value: tagged(new DataView(new ArrayBuffer(2))) },
  { name: 'an ArrayBuffer', value: new ArrayBuffer(2) },
  { name: 'a Proxy', value: new Proxy(Uint8Array.of(97, 10), {}) },
];

test.each(fakes)('push, encode and marks: refused: $name', ({ value }) => {
  expect(isBytes(value)).toBe(false);
  const carrying = lines().decoder().push(Buffer.from('begun'));
  carrying.read();
  for (const decoder of [lines().decoder(), carrying, delimited({ delimiters: ';' }).decoder()]) {
    expect(() => decoder.push(value as Uint8Array)).toThrow(TypeError);
  }
  expect(() => lines().encode(value as Uint8Array)).toThrow(TypeError);
  expect(() => delimited({ delimiters: [value as Uint8Array] })).toThrow(RangeError);
});

const real: readonly { name: string; value: () => unknown }[] = [
  { name: 'another realm', value: () => runInNewContext('Uint8Array.of(97, 10)') },
  {
    name: 'another realm, with a wrong tag',
    value: () =>
      runInNewContext('Object.defineProperty(Uint8Array.of(97, 10), Symbol.toStringTag, { value: "x" })'),
  },
  { name: 'a Buffer', value: () => Buffer.from('a\n') },
  { name: 'a subclass', value: () => new (class Own extends Uint8Array {})([97, 10]) },
  { name: 'shared memory', value: () => new Uint8Array(new SharedArrayBuffer(2)).fill(97, 0, 1).fill(10, 1) },
];

test.each(real)('push and encode: taken: $name', ({ value }) => {
  const decoder: Decoder = lines().decoder();
  expect([...decoder.push(value() as Uint8Array)]).toEqual(['a']);
  expect(
    lines({ terminator: 'crlf', charset: 'latin1' }).encode((value() as Uint8Array).subarray(0, 1)),
  ).toEqual(Uint8Array.of(97, 13, 10));
});
