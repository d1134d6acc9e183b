import { Writable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { Outbox } from '../../src/edge/writing/outbox.ts';

const MOST = 4_096;
/** What a line of so many bytes is charged. */
const charged = (bytes: number): number => bytes + 256;
const bytes = (charge: number): string => 'x'.repeat(charge - 256);

/** An outbox on a socket that takes a write when told to. */
function outbox(): { box: Outbox; writes: string[]; take: () => void; changed: ReturnType<typeof vi.fn> } {
  const writes: string[] = [];
  const waiting: (() => void)[] = [];
  const writable = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      writes.push(chunk);
      waiting.push(done);
    },
  });
  const changed = vi.fn<() => void>();
  const box = new Outbox(
    writable,
    { maxOutboxBytes: MOST },
    { changed, taken: () => {}, writing: () => {}, holds: () => {} },
  );
  return { box, writes, take: () => waiting.shift()?.(), changed };
}

describe('Outbox', () => {
  test.each([
    { name: 'L-1', charge: MOST - 1, isTaken: true },
    { name: 'L', charge: MOST, isTaken: true },
    { name: 'L+1', charge: MOST + 1, isTaken: false },
  ])('push: a line that fills it to $name of its bound', ({ charge, isTaken }) => {
    const { box } = outbox();
    expect(box.push(bytes(charge))).toBe(isTaken);
    expect(box.bytes).toBe(isTaken ? charge : 0);
  });

  test('push: lines together are charged as one by one', () => {
    const { box, writes } = outbox();
    const line = 'a\n';
    const most = Math.floor(MOST / charged(2));
    expect(box.push(line.repeat(most), most)).toBe(true);
    expect(box.bytes).toBe(most * charged(2));
    expect(box.push(line)).toBe(false);
    const other = outbox();
    expect(other.box.push(line.repeat(most + 1), most + 1)).toBe(false);
    expect(other.box.bytes).toBeLessThanOrEqual(MOST);
    expect([writes, other.writes]).toEqual([[line.repeat(most)], [line.repeat(most)]]);
  });

  test('push: more lines than fit are taken one by one, if the socket takes them', () => {
    let written = '';
    const writable = new Writable({
      decodeStrings: false,
      write: (chunk: string, _encoding, done) => {
        written += chunk;
        done();
      },
    });
    const owner = { changed: () => {}, taken: () => {}, writing: () => {}, holds: () => {} };
    const box = new Outbox(writable, { maxOutboxBytes: MOST }, owner);
    const wire = Array.from({ length: 100 }, (_, line) => `${line}\n`).join('');
    expect([box.push('first\n'), box.push(wire, 100), box.push('last\n')]).toEqual([true, true, true]);
    expect(box.bytes).toBeLessThanOrEqual(MOST);
    box.flush();
    expect(written).toBe(`first\n${wire}last\n`);
    expect(box.bytes).toBe(0);
  });

  test.each([
    { name: 'half', charge: MOST / 2, isSlow: false },
    { name: 'a byte over half', charge: MOST / 2 + 1, isSlow: true },
  ])('slow: at $name of its bound', ({ charge, isSlow }) => {
    const { box, changed } = outbox();
    box.push(bytes(charge));
    expect(box.slow).toBe(isSlow);
    expect(changed).toHaveBeenCalledTimes(isSlow ? 1 : 0);
  });

  test.each([
    { name: 'a quarter', left: MOST / 4, isSlow: true },
    { name: 'a byte under a quarter', left: MOST / 4 - 1, isSlow: false },
  ])('slow: until the socket has taken all but $name', ({ left, isSlow }) => {
    const { box, take } = outbox();
    box.push(bytes(MOST / 2 + 1));
    box.flush();
    box.push(bytes(left));
    box.flush();
    expect(box.slow).toBe(true);
    take();
    expect(box.bytes).toBe(left);
    expect(box.slow).toBe(isSlow);
  });

  test('flush: one write for what has collected, in order, and none for nothing', () => {
    const { box, writes } = outbox();
    box.push('a\n');
    box.push('b\nc\n', 2);
    expect(writes).toEqual([]);
    box.flush();
    box.flush();
    expect(writes).toEqual(['a\nb\nc\n']);
  });

  test.each([
    { charge: 0, lines: 7 },
    { charge: MOST / 2 - charged(4) - 1, lines: 1 },
    { charge: MOST / 2, lines: 1 },
    { charge: MOST / 2 + 1, lines: 0 },
  ])('room: with $charge bytes waiting, $lines lines of 4 bytes', ({ charge, lines }) => {
    const { box } = outbox();
    if (charge > 0) box.push(bytes(charge));
    expect(box.capacity(4)).toBe(lines);
  });
});
