import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { uncaught } from '../uncaught.ts';
import { type Log, type LogReader, MOST_ENTRY_BYTES, type Position } from '../../src/cluster/log.ts';

/** An engine that logs are opened on, as a test has it. */
export interface Engine {
  /** The log of a cluster, as one more node has it. */
  open(cluster: string): Promise<Log>;
  /** The engine dies, and comes back. */
  restart(): Promise<void>;
  /** All connections to it are cut; new ones are accepted. */
  cut(): Promise<void>;
  stop(): Promise<void>;
}

/** Waits until this holds. What waits for ever is ended by the limit of the test. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** What one reader got. */
export class Reading {
  readonly entries: string[] = [];
  readonly positions: Position[] = [];
  lost = 0;
  backs = 0;

  /** Settles when reading has begun. */
  async start(log: Log, after: Position = 0): Promise<this> {
    await log.read(after, {
      entry: (position, entry) => {
        this.positions.push(position);
        this.entries.push(entry);
      },
      lost: () => this.lost++,
      wentBack: () => this.backs++,
    });
    return this;
  }

  async has(count: number): Promise<void> {
    await until(() => this.entries.length >= count);
  }
}

/** Appends entries in their order, `window` at a time, each until it is there. Says how often each was tried. */
export async function appendAll(log: Log, entries: readonly string[]): Promise<number[]> {
  const tries = entries.map(() => 0);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < entries.length; index = next++)
      await appendOne(log, entries[index]!, () => tries[index]!++);
  };
  await Promise.all(Array.from({ length: log.window }, lane));
  return tries;
}

/** Appends one entry after the other, `window` at a time, until it's over. Says which, and how often each was tried. */
async function appendUntil(
  log: Log,
  name: string,
  isOver: () => boolean,
): Promise<{ entries: string[]; tries: number[] }> {
  const entries: string[] = [];
  const tries: number[] = [];
  const lane = async (): Promise<void> => {
    while (!isOver()) {
      const index = entries.push(`${name}-${entries.length}`) - 1;
      tries.push(0);
      await appendOne(log, entries[index]!, () => tries[index]!++);
    }
  };
  await Promise.all(Array.from({ length: log.window }, lane));
  return { entries, tries };
}

async function appendOne(log: Log, entry: string, trying: () => void): Promise<void> {
  for (;;) {
    trying();
    const isThere = await log.append(entry).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Every entry is there: once, if it was tried once. */
function expectAll(got: readonly string[], entries: readonly string[], tries: readonly number[]): void {
  const counts = new Map<string, number>();
  for (const entry of got) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  const wrong = entries.filter((entry, index) => {
    const count = counts.get(entry) ?? 0;
    return count < 1 || count > tries[index]!;
  });
  expect(wrong).toEqual([]);
}

const named = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${name}-${n}\n`);

const counted = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, n) => first + n);

/** What every log does. `ready`: starts an engine; `undefined` where it can't run. */
export function conforms(name: string, ready: (() => Promise<Engine>) | undefined): void {
  describe.skipIf(ready === undefined)(`Log: ${name}`, () => {
    let engine: Engine;
    let clusters = 0;

    beforeAll(async () => {
      engine = await ready!();
    }, 120_000);

    afterAll(() => engine.stop());

    /** Several nodes on a log of their own. */
    async function nodes(count: number): Promise<Log[]> {
      const cluster = `c${++clusters}`;
      const logs: Log[] = [];
      for (let n = 0; n < count; n++) logs.push(await engine.open(cluster));
      onTestFinished(async () => {
        for (const log of logs) await log.close();
      });
      return logs;
    }

    test(`${name}: every reader gets every entry of every writer once, in one order, without a gap`, async () => {
      const logs = await nodes(3);
      const early = await Promise.all(logs.map((log) => new Reading().start(log)));
      const said = logs.map((_, n) => named(`node${n}`, 100));
      const tries = await Promise.all(logs.map((log, n) => appendAll(log, said[n]!)));
      const late = await new Reading().start(logs[0]!);
      const [first, ...others] = [...early, late];
      await first.has(300);
      expectAll(first.entries, said.flat(), tries.flat());
      expect(first.positions).toEqual(counted(1, first.entries.length));
      for (const other of others) {
        await other.has(first.entries.length);
        expect(other.entries).toEqual(first.entries);
        expect(other.positions).toEqual(first.positions);
      }
    });

    test(`${name}: one writer's entries keep their order if all went well`, async () => {
      const [log] = await nodes(1);
      const reading = await new Reading().start(log!);
      const tries = await appendAll(log!, named('a', 50));
      await reading.has(50);
      expect(tries.some((count) => count > 1) || reading.entries).toEqual(named('a', 50));
    });

    test(`${name}: a reader that starts later reads on from where it says`, async () => {
      const [one, two] = await nodes(2);
      for (const entry of named('a', 20)) await one!.append(entry);
      const reading = await new Reading().start(two!, 15);
      await reading.has(5);
      await one!.append('later');
      await reading.has(6);
      expect(reading.entries).toEqual([...named('a', 20).slice(15), 'later']);
      expect(reading.positions).toEqual(counted(16, 6));
    });

    test(`${name}: a reader that is far behind catches up`, async () => {
      const [one, two] = await nodes(2);
      const entries = named('a', 2_500);
      const tries = await appendAll(one!, entries);
      const readings = [await new Reading().start(two!), await new Reading().start(one!, 100)];
      await Promise.all([readings[0]!.has(2_500), readings[1]!.has(2_400)]);
      expectAll(readings[0]!.entries, entries, tries);
      expect(readings[1]!.positions).toEqual(readings[0]!.positions.slice(100));
      expect(readings[1]!.entries).toEqual(readings[0]!.entries.slice(100));
    });

    test(`${name}: keeps every character of ASCII, and entries of 64 KiB`, async () => {
      const [one, two] = await nodes(2);
      const ascii = String.fromCharCode(...counted(0, 128));
      const longest = ascii.repeat(MOST_ENTRY_BYTES / ascii.length);
      const entries = [ascii, ' ', longest, '\0\r\n', '\\x00', longest.toLowerCase()];
      const reading = await new Reading().start(two!);
      for (const entry of entries) await one!.append(entry);
      await reading.has(entries.length);
      expect(reading.entries).toEqual(entries);
    });

    test(`${name}: as many appends as its window are on their way at once`, async () => {
      const [log] = await nodes(1);
      const entries = named('w', log!.window);
      await Promise.all(entries.map((entry) => log!.append(entry)));
      const reading = await new Reading().start(log!);
      await reading.has(entries.length);
      expect(reading.entries.toSorted()).toEqual(entries.toSorted());
    });

    test(`${name}: of the snapshots, the one with the highest position is the newest`, async () => {
      const [one, two] = await nodes(2);
      expect(await one!.newest()).toBeUndefined();
      const big = 'snåpshot 😀 \0 '.repeat(300_000);
      await one!.save({ position: 10, state: 'ten' });
      expect(await two!.newest()).toEqual({ position: 10, state: 'ten' });
      await two!.save({ position: 30, state: big });
      await one!.save({ position: 20, state: 'twenty' });
      const newest = await one!.newest();
      expect([newest?.position, newest?.state === big]).toEqual([30, true]);
      for (const position of [40, 50, 60, 70]) await one!.save({ position, state: `state ${position}` });
      expect(await two!.newest()).toEqual({ position: 70, state: 'state 70' });
    });

    test(`${name}: what was trimmed is lost to a reader that wants it, and to no other`, async () => {
      const [one, two] = await nodes(2);
      const ahead = await new Reading().start(two!);
      for (const entry of named('a', 20)) await one!.append(entry);
      await ahead.has(20);
      await one!.trim(12);
      const behind = await new Reading().start(two!, 11);
      const onTime = await new Reading().start(two!, 12);
      await until(() => behind.lost > 0);
      await onTime.has(8);
      expect(onTime.positions).toEqual(counted(13, 8));
      // More than there is: what comes later isn't touched.
      await one!.trim(1_000);
      await one!.append('after');
      await ahead.has(21);
      expect([ahead.positions.at(-1), ahead.entries.at(-1)]).toEqual([21, 'after']);
      const fresh = await new Reading().start(one!);
      await until(() => fresh.lost > 0);
      expect([behind.entries, fresh.entries]).toEqual([[], []]);
      expect([behind.lost, fresh.lost, ahead.lost, onTime.lost]).toEqual([1, 1, 0, 0]);
    });

    test(`${name}: a trim may be asked for any number, and forgets what is there up to it, once`, async () => {
      const [one, two] = await nodes(2);
      const entries = named('a', 10);
      for (const entry of entries) await one!.append(entry);
      let trimmed = 0;
      const expectTrimmed = async (): Promise<void> => {
        const onTime = await new Reading().start(two!, trimmed);
        await onTime.has(10 - trimmed);
        expect([onTime.entries, onTime.lost]).toEqual([entries.slice(trimmed), 0]);
        if (trimmed === 0) return;
        const behind = await new Reading().start(two!, trimmed - 1);
        await until(() => behind.lost === 1);
      };
      for (const upTo of [0, -1, -10_000, -Infinity, NaN, 0.5, 3, 1, -3, 0, NaN, 3.9, 9]) {
        await one!.trim(upTo);
        if (upTo >= 1) trimmed = Math.max(trimmed, Math.floor(upTo));
        await expectTrimmed();
      }
      for (const upTo of [11, 1e300, Infinity]) await one!.trim(upTo);
      await one!.append('after');
      const reading = await new Reading().start(two!, 10);
      await reading.has(1);
      expect([reading.positions, reading.entries, reading.lost]).toEqual([[11], ['after'], 0]);
    });

    test(`${name}: a reader of a log that was trimmed to its end is lost, or reads on`, async () => {
      const [one, two] = await nodes(2);
      for (const entry of named('a', 5)) await one!.append(entry);
      await one!.trim(5);
      const behind = await new Reading().start(two!, 4);
      await until(() => behind.lost === 1);
      const onTime = await new Reading().start(two!, 5);
      await one!.append('after');
      await onTime.has(1);
      expect([onTime.positions, onTime.lost]).toEqual([[6], 0]);
    });

    test.each(['restart', 'cut'] as const)(
      `${name}: %s: reading and appending go on, and nothing that was there is gone`,
      async (trouble) => {
        const logs = await nodes(2);
        const readings = await Promise.all(logs.map((log) => new Reading().start(log)));
        let isOver = false;
        const appended = Promise.all(logs.map((log, n) => appendUntil(log, `node${n}`, () => isOver)));
        await readings[0]!.has(50);
        await engine[trouble]();
        isOver = true;
        const said = await appended;
        const last = await Promise.all(logs.map((log) => appendAll(log, ['last'])));
        for (const reading of readings) {
          await until(() => reading.entries.filter((entry) => entry === 'last').length >= last.length);
        }
        const late = await new Reading().start(logs[1]!);
        const count = Math.max(...readings.map(({ entries }) => entries.length));
        await late.has(count);
        for (const reading of [...readings, late]) {
          await reading.has(count);
          expect(reading.positions.slice(0, count)).toEqual(counted(1, count));
          expect(reading.entries.slice(0, count)).toEqual(late.entries.slice(0, count));
        }
        for (const { entries, tries } of said) expectAll(late.entries, entries, tries);
        expect(readings.map(({ lost, backs }) => lost + backs)).toEqual([0, 0]);
      },
      120_000,
    );

    test(`${name}: what a reader throws is an uncaught error, it's told nothing more, and others read on`, async () => {
      const messages = uncaught();
      const [log] = await nodes(1);
      const got: string[] = [];
      const throwing = (how: string): LogReader => ({
        entry: (position) => {
          if (position === 2) throw new Error(how);
          got.push(`${how} ${position}`);
        },
        lost: () => {
          throw new Error(`${how} lost`);
        },
        wentBack: () => {},
      });
      const reading = await new Reading().start(log!);
      await log!.append('1');
      await reading.has(1);
      await log!.read(1, throwing('live'));
      for (const entry of ['2', '3', '4']) await log!.append(entry);
      await reading.has(4);
      await log!.read(0, throwing('fetched'));
      while ((await messages()).length < 2);
      await log!.trim(1);
      await log!.read(0, throwing('trimmed'));
      while ((await messages()).length < 3);
      await log!.append('5');
      await reading.has(5);
      expect(await messages()).toEqual(['live', 'fetched', 'trimmed lost']);
      expect(got).toEqual(['fetched 1']);
    });

    test(`${name}: once closed, it reads and appends nothing, and leaves nothing running`, async () => {
      const [other] = await nodes(1);
      const before = running();
      const log = await engine.open(`c${clusters}`);
      const reading = await new Reading().start(log);
      await log.append('before');
      await reading.has(1);
      await log.close();
      await other!.append('after');
      const seen = await new Reading().start(other!);
      await seen.has(2);
      await expect(log.append('late')).rejects.toThrow('Cannot append: the log is closed');
      expect(reading.entries).toEqual(['before']);
      await until(() => running() <= before);
    });
  });
}

/** How many sockets are open in this process. */
function running(): number {
  return process.getActiveResourcesInfo().filter((kind) => /Socket|TCP/.test(kind)).length;
}
