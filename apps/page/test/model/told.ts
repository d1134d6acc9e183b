import { readFileSync } from 'node:fs';
import { type Message, MessageReader, type PersonRow, type WatchSettings } from '@proto/watch';
import { Facts } from '../../src/model/facts.ts';
import type { Told } from '../../src/model/shapes.ts';

const SETTINGS: WatchSettings = {
  order: 'strict',
  deliver: 'sender',
  transform: 'upper',
  clients: 2,
  quit: 'all',
  framing: 'lines',
  events: 'on',
  transport: 'tcp',
  token: false,
  maxLineBytes: 1_024,
  maxOutboxBytes: 1_048_576,
  maxQueuedLines: 64,
  maxClients: 10_000,
  turnTimeoutMs: 4_000,
  graceMs: 5_000,
};

/** The beginning of a session. */
export function hello(
  settings: Partial<WatchSettings> = {},
  more: Partial<Omit<Told<'hello'>, 'k' | 'settings'>> = {},
): Told<'hello'> {
  return {
    k: 'hello',
    v: 1,
    at: '2026-11-28T14:00:00.000Z',
    address: '127.0.0.1:6677',
    why: 'first',
    rights: ['watch'],
    ...more,
    settings: { ...SETTINGS, ...settings },
  };
}

/** A client that takes the seat with its own number in room main. */
export function join(t: number, c: number, have = c, want = 2): Told<'join'> {
  return { k: 'join', t, c, room: 'main', seat: c, address: `127.0.0.1:4000${c}`, have, want };
}

/** The chunks of one direction, one for each part; times are `every` apart. */
export function chunks(
  c: number,
  d: 'read' | 'write',
  parts: readonly string[],
  { t = 10, every = 10, from = 0 }: { t?: number; every?: number; from?: number } = {},
): Told<'chunk'>[] {
  let at = from;
  return parts.map((b, i) => {
    const chunk = { k: 'chunk' as const, t: t + i * every, c, d, from: at, len: b.length, b };
    at += b.length;
    return chunk;
  });
}

export function turn(t: number, n: number, c: number, state: Told<'turn'>['state']): Told<'turn'> {
  return { k: 'turn', t, room: 'main', n, c, seat: c, state };
}

export function row(c: number, waiting: number, more: Partial<PersonRow> = {}): PersonRow {
  return { c, room: 'main', seat: c, name: '-', waiting, served: 0, outbox: 0, ...more };
}

export function tick(t: number, more: Partial<Told<'tick'>> = {}): Told<'tick'> {
  const counts = { clients: 1, linesIn: 0, linesOut: 0, bytesIn: 0, bytesOut: 0, skips: 0 };
  const left = { chunks: 0, bytes: 0, turns: 0, others: 0 };
  return { k: 'tick', t, seq: 1, all: 1, counts, loopMs: 0, left, ...more };
}

/** The first client of node b; those of node a, which tells, have the numbers below. */
export const FAR: number = 2 ** 32;

/** What node a says about itself and node b. */
export function nodes(t: number, more: Partial<Told<'nodes'>> = {}): Told<'nodes'> {
  const rows = [
    { name: 'a', first: 0, last: FAR - 1 },
    { name: 'b', first: FAR, last: 2 * FAR - 1 },
  ];
  return { k: 'nodes', t, nodes: rows, position: 10, pending: 0, entryMs: 1.5, ...more };
}

export function factsOf(...messages: readonly Message[]): Facts {
  const facts = new Facts();
  for (const message of messages) facts.take(message);
  return facts;
}

/** The recorded session of the tests. */
export function lesson(): readonly Message[] {
  const text = readFileSync(new URL('../sessions/lesson.jsonl', import.meta.url), 'utf8');
  const { messages, damages } = new MessageReader().push(text);
  if (damages.length > 0) throw new Error(damages[0]?.text);
  return messages;
}
