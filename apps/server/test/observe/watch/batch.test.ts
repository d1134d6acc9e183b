import { type Message, MessageReader } from '@proto/watch';
import { describe, expect, test } from 'vitest';
import { BATCH, Batch } from '../../../src/observe/watch/batch.ts';
import type { Chunk, Rounds, Turn } from '../../../src/index.ts';

/** Client 1 is followed. */
const batch = (): Batch =>
  new Batch(
    () => 7,
    (client) => client === 1,
  );

const chunk = (client: number, length: number): Chunk => ({
  client,
  room: 'main',
  seat: client,
  direction: 'read',
  from: 0,
  atMs: 0,
  epochMs: 0,
  open: 0,
  length,
  bytes: new Uint8Array(length).fill(0x78),
});

const turn: Turn = { client: 2, room: 'main', seat: 2, number: 1, state: 'served', before: 0 };

const rounds = (clients: number, count: number): Rounds => ({
  room: 'main',
  number: 1,
  count,
  ring: Array.from({ length: clients }, (_, client) => ({ client, seat: client })),
  before: 0,
});

function told(of: Batch): readonly Message[] {
  const { messages, damages } = new MessageReader().push(of.take());
  expect(damages).toEqual([]);
  return messages;
}

describe('Batch', () => {
  test('Batch: 24 chunks of 96 bytes of clients that nobody follows; the rest is counted', () => {
    const made = batch();
    for (let i = 0; i < 30; i++) made.chunk(chunk(2, 100));
    expect(made.left).toEqual({ chunks: 6, bytes: 6 * 100 + 24 * 4, turns: 0, others: 0 });
    expect(made.all).toEqual({ chunks: 30, bytes: 3_000, turns: 0, others: 0 });
    const messages = told(made);
    expect(messages).toHaveLength(BATCH.chunks);
    expect(messages[0]).toMatchObject({ len: 100, b: 'x'.repeat(BATCH.chunkBytes) });
    expect(made.left).toEqual({ chunks: 0, bytes: 0, turns: 0, others: 0 });
    made.chunk(chunk(2, 100));
    expect(told(made)).toHaveLength(1);
  });

  test('Batch: 64 KiB of clients that are followed, in addition to the others', () => {
    const made = batch();
    for (let i = 0; i < BATCH.chunks; i++) made.chunk(chunk(2, 1));
    made.chunk(chunk(1, BATCH.followedBytes - 10));
    made.chunk(chunk(1, 100));
    made.chunk(chunk(1, 5));
    expect(made.left).toEqual({ chunks: 1, bytes: 95, turns: 0, others: 0 });
    expect(told(made).slice(-2)).toMatchObject([
      { c: 1, len: BATCH.followedBytes - 10 },
      { c: 1, len: 100, b: 'x'.repeat(10) },
    ]);
  });

  test('Batch: 64 turns or rounds, and no ring of more than 256', () => {
    const made = batch();
    made.rounds(rounds(BATCH.ring + 1, 600));
    made.rounds(rounds(3, 300));
    for (let i = 1; i < 70; i++) made.turn(turn);
    expect(made.left).toEqual({ chunks: 0, bytes: 0, turns: 600 + 6, others: 0 });
    expect(made.all.turns).toBe(600 + 300 + 69);
    const messages = told(made);
    expect(messages).toHaveLength(BATCH.turns);
    expect(messages[0]).toEqual({ k: 'rounds', t: 7, room: 'main', n: 1, count: 300, ring: [0, 1, 2] });
  });

  test.each<Message>([
    { k: 'refuse', t: 0, address: 'a', code: 'SERVER_FULL' },
    { k: 'cut', t: 0, address: 'a', code: 'HTTP' },
    { k: 'fault', t: 0, c: 1, code: 'LINE_TOO_LONG' },
    { k: 'name', t: 0, c: 1, name: 'ann' },
    { k: 'waited', t: 0, room: 'main', c: 1, end: 'left', ms: 1 },
    { k: 'handlerError', t: 0, c: 1, text: 'a' },
    { k: 'warning', t: 0, text: 'a' },
  ])('Batch: 64 times $k', (message) => {
    const made = batch();
    for (let i = 0; i < 70; i++) made.tell(message);
    expect(made.left).toEqual({ chunks: 0, bytes: 0, turns: 0, others: 6 });
    expect(told(made)).toHaveLength(BATCH.others);
  });

  test('Batch: joins and leaves are always sent', () => {
    const made = batch();
    for (let c = 0; c < 500; c++) made.tell({ k: 'leave', t: 0, c, room: 'main', seat: c, reason: 'reset' });
    expect(told(made)).toHaveLength(500);
  });

  test('Batch: one in which something was only left out is not empty', () => {
    const made = batch();
    expect(made.isEmpty).toBe(true);
    made.rounds(rounds(BATCH.ring + 1, 1));
    expect(made.isEmpty).toBe(false);
  });
});
