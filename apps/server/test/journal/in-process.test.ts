import { VirtualClock } from '@proto/scheduler/testing';
import { expect, test } from 'vitest';
import { InProcessJournal } from '../../src/journal/in-process.ts';
import type { Entry, RoomRecord } from '../../src/room/records.ts';

const leave = (client: number): RoomRecord => ({ type: 'leave', client, reason: 'reset' });

test('InProcessJournal: an entry comes back in the same call, numbered and with its time', async () => {
  const clock = new VirtualClock();
  const entries: Entry[] = [];
  const journal = new InProcessJournal(clock, (entry) => entries.push(entry));
  journal.append(leave(1));
  await clock.advance(5);
  journal.append(leave(2));
  expect(entries).toEqual([
    { seq: 1, at: 0, record: leave(1) },
    { seq: 2, at: 5, record: leave(2) },
  ]);
});

test('InProcessJournal: what is appended while an entry is read comes behind it, in order', () => {
  const log: string[] = [];
  const journal = new InProcessJournal(new VirtualClock(), ({ seq, record }) => {
    log.push(`begin ${seq}`);
    if ('client' in record && record.client === 1) for (const client of [2, 3]) journal.append(leave(client));
    log.push(`end ${seq}`);
  });
  journal.append(leave(1));
  expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
});

test('InProcessJournal: a reader that throws ends that call, and what waits is read with the next', () => {
  const seen: number[] = [];
  const journal = new InProcessJournal(new VirtualClock(), ({ seq }) => {
    seen.push(seq);
    if (seq !== 1) return;
    journal.append(leave(2));
    throw new Error('no');
  });
  expect(() => journal.append(leave(1))).toThrow('no');
  journal.append(leave(3));
  expect(seen).toEqual([1, 2, 3]);
});

test('InProcessJournal: what is skipped has its number, and nothing can be skipped while an entry is read', () => {
  const seen: unknown[] = [];
  const journal: InProcessJournal = new InProcessJournal(new VirtualClock(), ({ seq }) =>
    seen.push([seq, journal.isIdle]),
  );
  expect(journal.isIdle).toBe(true);
  journal.append(leave(1));
  journal.skip();
  journal.append(leave(2));
  expect(seen).toEqual([
    [1, false],
    [3, false],
  ]);
});
