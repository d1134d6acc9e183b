import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { readTranscript } from '@proto/protocol/testing';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../src/plan/plan.ts';
import { PLANTED } from '../src/planted/faults.ts';

const root = new URL('../../../', import.meta.url);
const found = new URL('found/', import.meta.url);
const SOURCES = ['--conditions=@proto/source', '--import=tsx'];

/** Runs something of the simulation in a process of its own: errors that nobody catches are part of it. */
async function run(
  file: string,
  args: string[],
  node: string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<[string, number]> {
  const child = spawn(process.execPath, [...node, ...SOURCES, file, ...args], {
    cwd: new URL('..', import.meta.url),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return [output, code as number];
}

// They take as long as the machine takes.
describe('simulation', { timeout: 600_000 }, () => {
  test('2,000 conversations: no promise is broken', async () => {
    const [output, code] = await run('src/main.ts', ['--conversations', '2000']);
    expect(output).toMatch(/^2000 conversations in .* 0 with a broken promise$/m);
    expect(code).toBe(0);
  });

  test('the same seed gives the same bytes, and another seed others', async () => {
    const digest = async (seed: string): Promise<string | undefined> => {
      const [output] = await run('src/main.ts', ['--seed', seed]);
      return /^digest ([0-9a-f]{64})$/m.exec(output)?.[1];
    };
    const [first, again, other] = await Promise.all([digest('17'), digest('17'), digest('18')]);
    expect(first).toBeDefined();
    expect([again, other === first]).toEqual([first, false]);
  });

  test('a plan is plain data, and its world is the same after it was written down', async () => {
    const [plan] = await run('src/main.ts', ['--seed', '17', '--plan']);
    const [output] = await run('test/replay.ts', [], [], { PLAN: JSON.stringify(JSON.parse(plan)) });
    const [seed] = await run('src/main.ts', ['--seed', '17']);
    expect(seed).toContain(`digest ${(JSON.parse(output) as { digest: string }).digest}`);
  });

  test.each(readdirSync(found))('a promise was broken once: %s', async (name) => {
    const plan = readFileSync(new URL(name, found), 'utf8');
    const [output] = await run('test/replay.ts', [], [], { PLAN: plan });
    expect(JSON.parse(output)).toMatchObject({ broken: [], seed: (JSON.parse(plan) as Plan).seed });
  });

  test.each(PLANTED)('$name: the source to change is there once', ({ file, find }) => {
    expect(readFileSync(new URL(file, root), 'utf8').split(find)).toHaveLength(2);
  });

  test('a planted fault is found, made smaller, and becomes a transcript', async () => {
    const fault = PLANTED.find(({ name }) => name === 'a seat is given a second time');
    const plant = new URL('../src/planted/plant.mjs', import.meta.url).href;
    const env = { PLANT: JSON.stringify(fault) };
    const [output, code] = await run('src/main.ts', ['--conversations', '300'], [`--import=${plant}`], env);
    expect(code).toBe(1);
    const [, seed] = /^seed (\d+): promise 10, /m.exec(output) ?? [];
    const transcript = readFileSync(new URL(`../.report/seed-${seed}.txt`, import.meta.url), 'utf8');
    expect(transcript).toContain('# Promise 10 is broken');
    const { rows } = readTranscript(transcript);
    expect(rows.length).toBeLessThan(60);
    const recording = readFileSync(new URL(`../.report/seed-${seed}.jsonl`, import.meta.url), 'utf8');
    expect(
      recording
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { k: string }).k),
    ).toContain('join');
  });
});
