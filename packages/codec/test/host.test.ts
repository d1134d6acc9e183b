import { assert, integer, property, uint8Array } from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { findHost, host, portable } from '../src/host.ts';

afterEach(() => vi.unstubAllGlobals());

const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);

test('host: in Node it is Node`s own, and without any part of it the portable one', () => {
  expect(host).not.toBe(portable);
  expect(findHost({})).toBe(portable);
  expect(findHost({ Buffer, process: {} })).toBe(portable);
  expect(findHost({ Buffer: { prototype: {} }, process })).toBe(portable);
  expect(findHost({ Buffer, process: { getBuiltinModule: () => undefined } })).toBe(portable);
  const { latin1Slice, utf8Slice, indexOf } = Buffer.prototype;
  const all = { latin1Slice, utf8Slice, indexOf };
  expect(findHost({ Buffer: { prototype: all }, process })).not.toBe(portable);
  for (const name of ['latin1Slice', 'utf8Slice', 'indexOf'] as const) {
    expect(findHost({ Buffer: { prototype: { ...all, [name]: undefined } }, process })).toBe(portable);
  }
});

test('host: 0x80 is the first byte that is not ASCII', () => {
  for (const each of [host, portable]) {
    expect(each.isAscii(Uint8Array.of(0x7f))).toBe(true);
    expect(each.isAscii(Uint8Array.of(0x80))).toBe(false);
  }
});

test('host: Node`s and the portable functions say the same', () => {
  assert(
    property(uint8Array({ maxLength: 40 }), integer({ min: 0, max: 40 }), (some, from) => {
      const start = Math.min(from, some.length);
      expect(portable.latin1(some, start, some.length)).toBe(host.latin1(some, start, some.length));
      expect(portable.indexOf(some, 0, start)).toBe(host.indexOf(some, 0, start));
      expect(portable.isAscii(some)).toBe(host.isAscii(some));
    }),
  );
});

test('host: bytes of a SharedArrayBuffer are read like others, where TextDecoder refuses them too', () => {
  class Browser extends TextDecoder {
    override decode(input: Uint8Array): string {
      if (!(input.buffer instanceof ArrayBuffer)) throw new TypeError('it must not be shared');
      return super.decode(input);
    }
  }
  vi.stubGlobal('TextDecoder', Browser);
  const shared = new Uint8Array(new SharedArrayBuffer(8));
  shared.set([0x61, 0xc3, 0xa9, 0x0a], 1);
  expect(() => new TextDecoder().decode(shared)).toThrow('it must not be shared');
  for (const each of [host, portable]) {
    expect(each.utf8(shared, 1, 5)).toBe('aé\n');
    expect(each.latin1(shared, 1, 5)).toBe('aÃ©\n');
    expect(each.indexOf(shared, 0x0a, 0)).toBe(4);
    expect([each.isAscii(shared), each.isAscii(shared.subarray(4))]).toEqual([false, true]);
  }
});

test('host: positions beyond 2 GiB are right, in a Buffer too', () => {
  const big = new Uint8Array(2 ** 31 + 20);
  big[2 ** 31 + 2] = 0x0a;
  for (const each of [host, portable]) {
    for (const some of [big, Buffer.from(big.buffer)]) {
      expect(each.indexOf(some, 0x0a, 2 ** 31 - 2)).toBe(2 ** 31 + 2);
      expect(each.indexOf(some, 0x0a, 2 ** 31 + 3)).toBe(-1);
    }
    expect(each.indexOf(big.subarray(20), 0, 2 ** 31 - 1)).toBe(2 ** 31 - 1);
    expect(each.indexOf(big.subarray(21), 0, 2 ** 31 - 2)).toBe(2 ** 31 - 2);
  }
});

test('host: latin1 is latin1, not windows-1252, past the arguments of one call too', () => {
  const long = new Uint8Array(10_000).fill(0x80);
  for (const each of [host, portable]) {
    expect(each.latin1(bytes, 0, 256)).toBe(String.fromCharCode(...bytes));
    expect(each.latin1(long, 1, 10_000)).toBe('\x80'.repeat(9_999));
    expect(each.utf8(Uint8Array.of(0x61, 0xef, 0xbb, 0xbf, 0xe2, 0x82, 0xac), 1, 7)).toBe('\ufeff€');
  }
});
