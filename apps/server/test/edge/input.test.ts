import { setImmediate } from 'node:timers/promises';
import { lines } from '@proto/codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Input } from '../../src/edge/reading/input.ts';
import { heapAfterGc } from '../faults/heap.ts';

const framing = lines({ charset: 'text', maxFrameBytes: 1_024 });
const CHUNK_BYTES = 65_536;

/** As much of a flood of such lines as one read brings. */
const flood = (lineBytes: number): Uint8Array =>
  Buffer.alloc(CHUNK_BYTES, `${'x'.repeat(lineBytes - 1)}\n`, 'latin1');

/** Reads so many lines, by runs where it can. */
function take(input: Input, count: number): void {
  for (let left = count; left > 0;) left -= input.readRun(left)?.count ?? Number(input.read() !== undefined);
}

/** All that can be read, by runs of at most so many where it can. `after`: called after each. */
function readAll(input: Input, most: number, after = (): void => {}): unknown[] {
  const frames: unknown[] = [];
  for (;;) {
    const run = input.readRun(most);
    const frame = run ?? input.read();
    if (frame === undefined) return frames;
    frames.push(...(run === undefined ? [frame] : run.text.split('\n').slice(0, -1)));
    after();
  }
}

describe('Input', () => {
  test.each([
    { lineBytes: 1_001, taken: 64, isKept: false },
    { lineBytes: 32, taken: 2_000, isKept: false },
    { lineBytes: 1_001, taken: 50, isKept: false },
    { lineBytes: 32, taken: 64, isKept: true },
  ])(
    'compact: of a chunk of lines of $lineBytes bytes the rest behind $taken keeps it alive: $isKept',
    async ({ lineBytes, taken, isKept }) => {
      const input = new Input(framing, 64, 1_024, 0);
      const buffers: WeakRef<ArrayBufferLike>[] = [];
      const push = (chunk: Uint8Array): void => {
        buffers.push(new WeakRef(chunk.buffer));
        input.push(chunk);
      };
      push(flood(lineBytes));
      take(input, taken);
      input.compact();
      await setImmediate();
      heapAfterGc();
      expect(buffers[0]?.deref() !== undefined).toBe(isKept);
      // Not before: it is to be there up to here.
      expect(readAll(input, 64).length).toBe(Math.floor(CHUNK_BYTES / lineBytes) - taken);
    },
  );

  test('compact: what is read is what was pushed, whenever it is called', () => {
    const pieces = fc.constantFrom(
      'a',
      '\n',
      '\r',
      '\r\n',
      '\x07',
      'b'.repeat(70),
      '/ping\n',
      'c'.repeat(1_000),
    );
    const chunk = fc
      .array(pieces, { minLength: 1, maxLength: 6 })
      .chain((some) => fc.nat(24_000).map((bytes) => Buffer.alloc(bytes + 1, some.join(''), 'latin1')));
    const property = fc.property(
      fc.array(fc.tuple(chunk, fc.nat(40), fc.boolean()), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 64 }),
      (chunks, most) => {
        const input = new Input(framing, 64, 1_024, 0);
        const got: unknown[] = [];
        for (const [bytes, reads, isCompacted] of chunks) {
          input.push(bytes);
          for (let read = 0; read < reads; read++) {
            const run = read % 3 === 0 ? input.readRun(most) : undefined;
            if (run !== undefined) got.push(...run.text.split('\n').slice(0, -1));
            const frame = input.read();
            if (frame !== undefined) got.push(frame);
          }
          if (isCompacted) input.compact();
        }
        input.end();
        got.push(...readAll(input, most, () => input.compact()));
        const want = [
          ...framing
            .decoder()
            .push(Buffer.concat(chunks.map(([bytes]) => bytes)))
            .end(),
        ];
        expect(got).toEqual(want);
      },
    );
    fc.assert(property);
  });

  test('pushLines: of many lines some are taken at a time, and all are held until the last is taken', () => {
    const input = new Input(framing, 64, 1_024, 0);
    const chunk = Buffer.from(`${'x'.repeat(63)}\n`.repeat(100));
    const state = (): unknown => ({
      held: input.heldBytes(1_024),
      isLarge: input.isLarge,
      isDry: input.isDry,
      openBytes: input.openBytes,
    });
    expect(input.pushLines(chunk)).toBe(true);
    expect(input.readRun(64)).toEqual({ text: chunk.toString('latin1', 0, 64 * 64), count: 64 });
    expect(state()).toEqual({ held: 6_400, isLarge: true, isDry: false, openBytes: 0 });
    expect(input.pushLines(chunk)).toBe(false);
    input.end();
    expect(state()).toEqual({ held: 6_400, isLarge: true, isDry: false, openBytes: 0 });
    expect(input.readRun(64)).toEqual({ text: chunk.toString('latin1', 64 * 64), count: 36 });
    expect([input.readRun(64), input.read()]).toEqual([undefined, undefined]);
    expect(state()).toEqual({ held: 0, isLarge: false, isDry: true, openBytes: 0 });
  });

  test('heldBytes, openBytes: of a connection that has ended, unread bytes count as before', () => {
    const input = new Input(framing, 64, 1_024, 0);
    input.push(flood(1_001));
    input.read();
    const open = CHUNK_BYTES % 1_001;
    expect([input.heldBytes(1_024), input.openBytes]).toEqual([CHUNK_BYTES, open]);
    input.end();
    expect([input.heldBytes(1_024), input.openBytes]).toEqual([CHUNK_BYTES, open]);
    take(input, 62);
    input.compact();
    expect(input.heldBytes(1_024)).toBe(2 * 1_001 + open);
    expect(readAll(input, 64)).toEqual([
      'x'.repeat(1_000),
      'x'.repeat(1_000),
      expect.objectContaining({ code: 'FRAME_INCOMPLETE' }),
    ]);
  });

  test('openBytes: a line that was whole before the last chunk is not open', () => {
    const input = new Input(framing, 64, 1_024, 0);
    for (const chunk of ['a', 'b\nc', 'de']) input.push(Buffer.from(chunk));
    expect(input.openBytes).toBe(3);
    expect([input.read(), input.read(), input.openBytes]).toEqual(['ab', undefined, 3]);
  });

  test('pushLines: chunks of whole lines give what the decoder gives, with every offset', () => {
    const pieces = fc.constantFrom(
      'a\n',
      'bcd\n',
      '\n',
      '/ping\n',
      'e',
      'f\r\n',
      '\t',
      '\x07',
      '\x80',
      'g'.repeat(38),
      'h'.repeat(60) + '\n',
      'i\n'.repeat(30),
    );
    const chunks = fc.array(
      fc.tuple(
        fc.array(pieces, { minLength: 1, maxLength: 5 }).map((some) => Buffer.from(some.join(''), 'latin1')),
        fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant(200)),
      ),
      { minLength: 1, maxLength: 12 },
    );
    let taken = 0;
    const property = fc.property(chunks, fc.integer({ min: 1, max: 3 }), fc.nat(3), (some, most, before) => {
      const short = lines({ charset: 'text', maxFrameBytes: 64 });
      const [input, other] = [0, 1].map(() => new Input(short, 64, 64, before)) as [Input, Input];
      const got: unknown[] = [];
      const want: unknown[] = [];
      for (const [bytes, reads] of some) {
        const isTaken = input.pushLines(bytes);
        if (isTaken) taken++;
        else input.push(bytes);
        other.push(bytes);
        for (const [each, all] of [
          [input, got],
          [other, want],
        ] as const) {
          // Both stop after as many lines.
          for (let left = reads; left > 0;) {
            const run = each.readRun(Math.min(left, most));
            const frame = run ?? each.read();
            if (frame === undefined) break;
            const cut = run === undefined ? [frame] : run.text.split('\n').slice(0, -1);
            all.push(...cut);
            left -= cut.length;
          }
        }
        expect(input.openBytes).toBe(other.openBytes);
      }
      for (const each of [input, other]) each.end();
      expect([...got, ...readAll(input, most)]).toEqual([...want, ...readAll(other, most)]);
    });
    fc.assert(property, { numRuns: 2_000 });
    expect(taken).toBeGreaterThan(300);
  });
});
