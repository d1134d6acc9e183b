import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuitGroup, type QuitMember } from '../src/index.ts';
import { FairQueue } from '../src/queue/index.ts';
import { VirtualClock } from '../src/testing/index.ts';
import { runs } from './runs.ts';

/** A group whose members say when they were told and destroyed. `after`: how long one takes; Infinity: it hangs. */
class Traced {
  readonly clock = new VirtualClock();
  readonly group = new QuitGroup<string, unknown>({ clock: this.clock });
  readonly log: string[] = [];

  member(name: string, after: number): QuitMember<unknown> {
    return {
      drain: () => {
        this.log.push(`${name} told ${this.clock.now()}`);
        return new Promise((resolve) => {
          if (after < Infinity) this.clock.setTimeout(() => resolve(undefined), after);
        });
      },
      destroy: () => void this.log.push(`${name} destroyed ${this.clock.now()}`),
    };
  }

  add(name: string, phase: number, after: number): void {
    this.group.add(name, this.member(name, after), { phase });
  }
}

describe('QuitGroup, phases', () => {
  it('phase: each begins when all of the one before have ended, and the report says how long each took', async () => {
    const traced = new Traced();
    const { clock, group, log } = traced;
    traced.add('database', 2, 5);
    traced.add('listener', 0, 10);
    traced.add('jobs', 1, 30);
    traced.add('sockets', 1, 20);
    const quit = group.quit({ graceMs: 1_000 });
    await clock.runAll();
    const report = await quit;
    expect(log).toEqual(['listener told 0', 'jobs told 10', 'sockets told 10', 'database told 40']);
    expect(report.phases).toEqual([
      { phase: 0, beganMs: 0, tookMs: 10 },
      { phase: 1, beganMs: 10, tookMs: 30 },
      { phase: 2, beganMs: 40, tookMs: 5 },
    ]);
    expect([report.drained, report.tookMs, report.members.get('database')]).toEqual([
      4,
      45,
      { outcome: 'drained', tookMs: 5 },
    ]);
  });

  it('phase: the grace is shared; at its end, later phases are told and destroyed, in order', async () => {
    const traced = new Traced();
    traced.add('hangs', 0, Infinity);
    traced.add('last', 7, 5);
    const quit = traced.group.quit({ graceMs: 50 });
    await traced.clock.runAll();
    expect(traced.log).toEqual(['hangs told 0', 'hangs destroyed 50', 'last told 50', 'last destroyed 50']);
    expect((await quit).phases.map(({ phase, beganMs }) => [phase, beganMs])).toEqual([
      [0, 0],
      [7, 50],
    ]);
    expect((await quit).forced).toBe(2);
  });

  it('phase: one that is added during the quit is told at once if its phase has begun, or with its phase', async () => {
    const traced = new Traced();
    traced.add('first', 0, 10);
    traced.add('third', 2, 10);
    const quit = traced.group.quit();
    traced.add('early', -3, 25);
    traced.add('second', 1, 10);
    await traced.clock.advance(12);
    traced.add('late', 0, 1);
    await traced.clock.runAll();
    expect(traced.log).toEqual([
      'first told 0',
      'early told 0',
      'late told 12',
      'second told 25',
      'third told 35',
    ]);
    expect((await quit).drained).toBe(5);
  });

  it('phase: members that vanish, throw or are removed before their phase count for it', async () => {
    const traced = new Traced();
    traced.add('first', 0, 10);
    traced.add('gone', 1, 10);
    traced.group.add(
      'throws',
      { drain: () => Promise.reject(new Error('broken')), destroy: () => {} },
      { phase: 2 },
    );
    const quit = traced.group.quit();
    traced.group.remove('gone');
    await traced.clock.runAll();
    const report = await quit;
    expect(report.phases.map(({ phase }) => phase)).toEqual([0, 2]);
    expect(report).toMatchObject({ drained: 2, failed: 1 });
    expect(report.members.get('throws')?.outcome).toBe('failed');
  });

  it('a member that was removed and added again during a quit is in the report twice', async () => {
    const traced = new Traced();
    traced.add('a', 0, 10);
    traced.add('hangs', 0, 50);
    const quit = traced.group.quit();
    traced.group.remove('a');
    traced.group.add('a', { drain: () => Promise.reject(new Error('broken')), destroy: () => {} });
    await traced.clock.runAll();
    const { drained, failed, members } = await quit;
    expect([drained, failed, members.size]).toEqual([2, 1, 2]);
    expect(members.get('a')).toEqual({
      outcome: 'failed',
      tookMs: 0,
      error: new Error('broken'),
      earlier: { outcome: 'drained', tookMs: 0 },
    });
  });

  it('a member may be a FairQueue: it drains with the grace of the group', async () => {
    const clock = new VirtualClock();
    const group = new QuitGroup<string>({ clock });
    const queue = new FairQueue({ concurrency: 1, clock });
    const task = (ms: number) => (): Promise<string> =>
      new Promise((resolve) => void clock.setTimeout(() => resolve('done'), ms));
    group.add('jobs', queue);
    const seen = [queue.run('a', task(10)), queue.run('a', task(10))].map((run) =>
      run.catch((error: Error) => error.message),
    );
    const quit = group.quit({ reason: 'bye', graceMs: 1_000 });
    await clock.runAll();
    expect(await Promise.all(seen)).toEqual(['done', 'Cannot run task of a: the queue has quit (bye)']);
    expect((await quit).members.get('jobs')).toEqual({ outcome: 'drained', tookMs: 10 });
    expect(clock.pending).toBe(0);
  });

  it('a FairQueue that hangs is forced, and its tasks are rejected', async () => {
    const clock = new VirtualClock();
    const group = new QuitGroup<string, Error>({ clock });
    const queue = new FairQueue({ concurrency: 1, clock });
    group.add('jobs', queue);
    const reason = new Error('stop');
    const run = queue.run('a', () => new Promise(() => {})).catch((error: Error) => error.cause);
    const quit = group.quit({ reason, graceMs: 20 });
    await clock.runAll();
    expect(await run).toBe(reason);
    expect((await quit).members.get('jobs')?.outcome).toBe('forced');
    queue.destroy();
    await queue.drain('again');
  });

  it('FairQueue destroy: without a drain before, it ends at once', async () => {
    const queue = new FairQueue({ concurrency: 1, clock: new VirtualClock() });
    const runsOf = ['a', 'b'].map((key) => queue.run(key, () => new Promise(() => {})));
    queue.destroy();
    for (const run of runsOf) await expect(run).rejects.toMatchObject({ code: 'QUIT' });
    await queue.onIdle();
  });

  it('property: phases never overlap, everybody is accounted for once, and it ends with the grace', async () => {
    const member = fc.record({
      phase: fc.integer({ min: -1, max: 3 }),
      after: fc.constantFrom(0, 1, 5, 30, 1_000, Infinity),
      late: fc.constantFrom(-1, -1, -1, 0, 4, 40),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(member, { maxLength: 25, size: 'max' }),
        fc.constantFrom(20, 5_000),
        async (members, graceMs) => {
          const traced = new Traced();
          for (const [index, { phase, after, late }] of members.entries()) {
            const add = (): void => traced.add(String(index), phase, after);
            if (late < 0) add();
            else traced.clock.setTimeout(add, late);
          }
          const quit = traced.group.quit({ graceMs });
          await traced.clock.runAll();
          const { drained, forced, failed, members: reports, tookMs, phases } = await quit;
          expect(tookMs).toBeLessThanOrEqual(graceMs);
          expect(drained + forced).toBe(reports.size);
          expect(failed).toBe(0);
          for (const [index, { phase, late }] of members.entries()) {
            if (late < 0) expect(reports.has(String(index))).toBe(true);
            const told = traced.log.findIndex((line) => line.startsWith(`${index} told`));
            if (told === -1 || late >= 0) continue;
            const at = Number(traced.log[told]!.split(' ')[2]);
            // All of earlier phases that were there from the beginning have ended by then.
            for (const [other, { phase: before, late: since }] of members.entries()) {
              if (before >= phase || since >= 0) continue;
              const { tookMs: took } = reports.get(String(other))!;
              const toldAt = traced.log.find((line) => line.startsWith(`${other} told`))!;
              expect(Number(toldAt.split(' ')[2]) + took).toBeLessThanOrEqual(at);
            }
          }
          expect(phases.map(({ phase }) => phase)).toEqual(
            [...new Set(phases.map(({ phase }) => phase))].toSorted((a, b) => a - b),
          );
        },
      ),
      { numRuns: runs(300) },
    );
  });
});
