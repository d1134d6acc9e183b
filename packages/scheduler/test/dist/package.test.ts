import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const exec = promisify(execFile);

/** What the built package does in a Node of its own, found by its name, as whoever installs it will. */
async function inNode(script: string): Promise<unknown> {
  const { stdout } = await exec(process.execPath, ['--input-type=module', '--eval', script], { cwd: root });
  return JSON.parse(stdout);
}

it.each([
  {
    name: 'TurnQueue: strict',
    script: `const q = new TurnQueue({ order: 'strict' }); q.join('a'); q.join('b'); q.push('b', 1);
      out = [q.take() ?? null, q.turn, q.skip(), q.take().item, q.turn];`,
    want: [null, 'a', 'a', 1, 'a'],
  },
  {
    name: 'TurnQueue: fair',
    script: `const q = new TurnQueue({ order: 'fair' }); q.join('a'); q.join('b');
      q.push('a', 1); q.push('a', 2); q.push('b', 3); out = [q.take().item, q.take().item, q.take().item];`,
    want: [1, 3, 2],
  },
  {
    name: 'TurnQueue: change of order, and leave',
    script: `const q = new TurnQueue({ order: 'free' }); q.join('a'); q.join('b');
      q.push('b', 1); q.push('a', 2); q.order = 'strict'; out = [q.turn, q.leave('b'), q.turn];`,
    want: ['b', [1], 'a'],
  },
  {
    name: 'SchedulerError: is a class that a caller can ask for',
    script: `try { new TurnQueue({ order: 'fair' }).push('x', 1); }
      catch (error) { out = [error instanceof SchedulerError, error.name, error.code]; }`,
    want: [true, 'SchedulerError', 'NOT_JOINED'],
  },
  {
    name: 'FairQueue: run, abort, clear, quit',
    script: `const q = new FairQueue({ concurrency: 1 }); const code = (e) => e.code ?? e; const abort = new AbortController();
      const runs = [q.run('a', () => new Promise((done) => setTimeout(done, 1, 'done'))),
        q.run('a', () => 1, { signal: abort.signal }).catch(code), q.run('b', () => 1).catch(code)];
      abort.abort('enough'); q.clear('b'); const { cancelled } = await q.quit();
      out = [...await Promise.all(runs), cancelled, await q.run('a', () => 1).catch(code)];`,
    want: ['done', 'enough', 'CANCELLED', 0, 'QUIT'],
  },
  {
    name: 'QuitGroup: by the clock of the machine',
    script: `const g = new QuitGroup(); g.add('a', { drain: async () => {}, destroy() {} });
      g.add('b', { drain: () => new Promise(() => {}), destroy() {} });
      const { drained, forced, tookMs } = await g.quit({ graceMs: 1 }); out = [drained, forced, tookMs > 0];`,
    want: [1, 1, true],
  },
  {
    name: 'dumpTurns: from its own door, of the same TurnQueue',
    script: `const q = new TurnQueue({ order: 'fair' }); q.join('a'); q.push('a', 1);
      const other = turnsFrom(dumpTurns(q, String), Number); out = [other instanceof TurnQueue, other.take().item];`,
    want: [true, 1],
  },
  {
    name: 'VirtualClock: from its own door',
    script: `const clock = new VirtualClock(); const seen = []; clock.setTimeout(() => seen.push(clock.now()), 60_000);
      await clock.advance(60_000); out = seen;`,
    want: [60_000],
  },
])('dist: $name', async ({ script, want }) => {
  const doors = `import { QuitGroup, SchedulerError, TurnQueue } from '@proto/scheduler';
    import { dumpTurns, turnsFrom } from '@proto/scheduler/dump';
    import { FairQueue } from '@proto/scheduler/queue';
    import { VirtualClock } from '@proto/scheduler/testing';`;
  const got = await inNode(`${doors} let out; ${script} console.log(JSON.stringify(out));`);
  expect(got).toEqual(want);
});

it.each([
  { entry: 'index', most: 5_000 },
  { entry: 'dump/index', most: 4_500 },
  { entry: 'queue/index', most: 8_300 },
  { entry: 'rounds/index', most: 4_100 },
  { entry: 'testing/index', most: 1_000 },
])('dist: $entry is under $most bytes minified and gzipped, for a browser', async ({ entry, most }) => {
  const { outputFiles } = await build({
    entryPoints: [`${root}/dist/${entry}.js`],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
  });
  const bytes = gzipSync(outputFiles[0]?.contents ?? '').length;
  expect(bytes).toBeGreaterThan(100);
  expect(bytes).toBeLessThan(most);
});
