import { afterEach, expect, test, vi } from 'vitest';
import { type Decoder, type Framing, lines } from '../src/index.ts';
import { chunk, delimited, enclosed, netstring } from '../src/framings/index.ts';
import { used } from './used.ts';
import { wire } from './wire.ts';

afterEach(() => vi.restoreAllMocks());

const MiB = 1024 * 1024;
const limit = { maxFrameBytes: 1024, charset: 'bytes' } as const;
const raised = { maxFrameBytes: 4 * MiB, charset: 'bytes' } as const;
const rows: readonly {
  name: string;
  begin: string;
  end: string;
  small: () => Framing<Uint8Array>;
  large: () => Framing<Uint8Array>;
}[] = [
  { name: 'lines', begin: '', end: '\n', small: () => lines(limit), large: () => lines(raised) },
  {
    name: 'delimited',
    begin: '',
    end: '--',
    small: () => delimited({ ...limit, delimiters: '--' }),
    large: () => delimited({ ...raised, delimiters: '--' }),
  },
  {
    name: 'enclosed',
    begin: '<',
    end: '>',
    small: () => enclosed({ ...limit, start: '<', end: '>' }),
    large: () => enclosed({ ...raised, start: '<', end: '>' }),
  },
  {
    name: 'netstring',
    begin: `${MiB}:`,
    end: ',',
    small: () => netstring(limit),
    large: () => netstring(raised),
  },
];

test.each(rows)('$name: 2 memory is bounded by the limit, whatever does not end', ({ small, begin }) => {
  const decoder = small().decoder();
  const part = new Uint8Array(16_384).fill(0x61);
  decoder.push(wire(begin)).read();
  const before = process.memoryUsage().arrayBuffers;
  let faults = 0;
  for (let push = 0; push < 60; push++) for (const _ of decoder.push(part)) faults++;
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(65_536);
  expect(faults).toBeLessThan(2);
});

test.each(rows)(
  '$name: 2 a frame in many chunks is copied a few times, not once a chunk',
  ({ large, begin, end }) => {
    const decoder = large().decoder();
    const part = new Uint8Array(1024).fill(0x61);
    let copied = 0;
    // oxlint-disable-next-line typescript/unbound-method -- called with the array it is spied on
    const { set } = Uint8Array.prototype;
    vi.spyOn(Uint8Array.prototype, 'set').mockImplementation(function (this: Uint8Array, from, at) {
      copied += from.length;
      set.call(this, from, at);
    });
    decoder.push(wire(begin)).read();
    for (let push = 0; push < 1024; push++) expect(decoder.push(part).read()).toBeUndefined();
    expect(decoder.push(wire(end)).read()).toHaveLength(MiB);
    expect(copied).toBeLessThan(4 * MiB);
  },
);

test.each([...rows, { name: 'chunk', begin: '', end: '', small: () => chunk(limit) }])(
  '$name: 2 a kept frame does not keep its chunk',
  ({ small }) => {
    const frame = small().encode(wire('abc'));
    const big = new Uint8Array(65_536);
    big.set(frame);
    const [kept] = small().decoder().push(big.subarray(0, frame.length));
    expect(kept).toEqual(wire('abc'));
    expect(kept instanceof Uint8Array && kept.buffer.byteLength).toBe(3);
  },
);

test('take: 2 memory grows with the bytes that came, not with the number announced', () => {
  const decoder = lines({ maxTakeBytes: 256 * MiB }).decoder<Uint8Array>();
  const before = process.memoryUsage().arrayBuffers;
  decoder.take(256 * MiB);
  expect(decoder.push(wire('abc')).read()).toBeUndefined();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(65_536);
});

test('lines: 2 a decoder that has read everything keeps no text', () => {
  const bytes = wire(`${'x'.repeat(599)}\n`.repeat(30));
  const before = used();
  const decoders = Array.from({ length: 1000 }, () => {
    const decoder = lines().decoder().push(bytes);
    while (decoder.read() !== undefined);
    return decoder;
  });
  // 1,000 windows of 16 KiB would be 16 MB.
  expect(used() - before).toBeLessThan(4_000_000);
  expect(decoders.every((decoder) => decoder.offset === bytes.length)).toBe(true);
});

test.each([
  { way: 'for...of', first: (decoder: Decoder, bytes: Uint8Array) => [...decoder.push(bytes)][0] },
  { way: 'decode', first: (decoder: Decoder, bytes: Uint8Array) => decoder.decode(bytes)[0] },
])('lines: 2 a kept line keeps a window of its chunk at most, and not the chunk, by $way', ({ first }) => {
  const decoder = lines().decoder();
  const before = used();
  const kept: unknown[] = [];
  for (let count = 0; count < 500; count++) {
    const bytes = Buffer.alloc(65_536, `${'x'.repeat(31)}\n`);
    kept.push(first(decoder, bytes));
  }
  expect(kept.every((frame) => frame === 'x'.repeat(31))).toBe(true);
  // 500 windows of 4 KiB are 2 MB, and the heap has some noise of its own; as chunks it would be 32 MB.
  expect(used() - before).toBeLessThan(12_000_000);
});

test('lines: 2 a chunk that was read is let go, though others always wait', async () => {
  const decoder = lines().decoder();
  const chunks: WeakRef<Uint8Array>[] = [];
  const push = (): void => {
    const part = new Uint8Array(4096).fill(0x61);
    part[4095] = 0x0a;
    chunks.push(new WeakRef(part));
    decoder.push(part);
  };
  push();
  for (let turn = 0; turn < 100; turn++) {
    push();
    expect(decoder.read()).toHaveLength(4095);
  }
  // A WeakRef holds what it refers to for the turn it was made in.
  await new Promise(setImmediate);
  used();
  expect(chunks.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(5);
});
