import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Registry } from 'prom-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createServer, MemoryListener, type ServerOptions } from '../../src/index.ts';
import { processMetrics, serverMetrics } from '../../src/observe/index.ts';
import { isMissing } from '../dist/binary.ts';
import { serversOf } from '../cluster/sharing.ts';
import { memoryServer } from '../peer.ts';

const PROMTOOL = 'promtool';
const OPERATING = new URL('../../../../docs/operating.md', import.meta.url);

/** Everything that the command serves. */
async function everything(): Promise<Registry[]> {
  const ofProcess = processMetrics();
  onTestFinished(() => ofProcess.stop());
  const [sharing] = await serversOf(['a']);
  return [serverMetrics(sharing!.server), ofProcess.registry];
}

/** One sample by its name and labels, as it stands in the text. */
async function sample(registry: Registry, name: string): Promise<number> {
  const line = (await registry.metrics()).split('\n').find((text) => text.startsWith(`${name} `));
  if (line === undefined) throw new Error(`there is no ${name}`);
  return Number(line.slice(name.length));
}

async function measured(
  options: ServerOptions,
): Promise<Awaited<ReturnType<typeof memoryServer>> & { value: (name: string) => Promise<number> }> {
  const made = await memoryServer(options);
  const registry = serverMetrics(made.server);
  return { ...made, value: (name) => sample(registry, name) };
}

describe('metrics', () => {
  test('metrics: each one is in docs/operating.md with its kind, and each one there exists', async () => {
    const table = /\| metric \| kind \|[^\n]*\n[^\n]*\n((?:\|[^\n]*\n)+)/.exec(
      readFileSync(OPERATING, 'utf8'),
    );
    const documented = [...(table?.[1] ?? '').matchAll(/^\| `(\w+)` \| (\w+) \| \S/gm)].map(
      ([, name, kind]) => `${name} ${kind}`,
    );
    const all = Registry.merge(await everything());
    const there = (await all.getMetricsAsJSON()).map(({ name, type }) => `${name} ${String(type)}`);
    expect(documented.length).toBeGreaterThan(30);
    expect(documented.toSorted()).toEqual(there.toSorted());
  });

  test('metrics: a server that shares its rooms with nobody has nothing to say about it', async () => {
    const text = await serverMetrics(createServer({}, new MemoryListener())).metrics();
    expect(text).not.toMatch(/proto_nodes|proto_log_position/);
  });

  test.skipIf(isMissing(PROMTOOL))('metrics: promtool has nothing to say against them', async () => {
    const text = await Registry.merge(await everything()).metrics();
    expect(execFileSync(PROMTOOL, ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
    const wrong = '# HELP things_total Things.\n# TYPE things_total gauge\nthings_total 1\n';
    expect(() => execFileSync(PROMTOOL, ['check', 'metrics'], { input: wrong, stdio: 'pipe' })).toThrow(
      /_total/,
    );
  });

  test.skipIf(isMissing(PROMTOOL))(
    'metrics: the alerts in docs/operating.md are rules for Prometheus',
    () => {
      const rules = /```yaml\n(.*?)```/s.exec(readFileSync(OPERATING, 'utf8'))?.[1] ?? '';
      const file = join(mkdtempSync(join(tmpdir(), 'rules-')), 'rules.yml');
      onTestFinished(() => rmSync(dirname(file), { recursive: true }));
      writeFileSync(file, rules);
      const said = execFileSync(PROMTOOL, ['check', 'rules', file], { encoding: 'utf8' });
      expect(said).toContain('SUCCESS: 6 rules found');
    },
  );

  test('serverMetrics: what clients do', async () => {
    const { join: enter, value } = await measured({ clients: 2, maxClients: 3, maxErrors: 2 });
    expect(await value('proto_accepting')).toBe(1);
    const [first, second] = [enter(), enter()];
    await first.line('* TURN 1');
    second.say('b1', 'b2', '/ping read');
    await second.line('* PONG read');
    expect(await value('proto_queued_lines')).toBe(2);
    first.say('a1');
    await first.until(({ lines }) => lines.filter((line) => line === '* TURN 1').length === 2);
    await first.say('/pass').line('* SKIP 1 passed');
    const third = enter();
    await third.line(/^\* WELCOME/);
    await enter().end();
    third.say('\u0001', '\u0002');
    await third.end();
    first.duplex.destroy();
    await second.line('* LEAVE 1 closed');
    expect(
      Object.fromEntries(
        await Promise.all(
          [
            'proto_clients_accepted_total',
            'proto_max_clients',
            'proto_rooms',
            'proto_received_lines_total',
            'proto_received_bytes_total',
            'proto_queued_lines',
            'proto_turns_skipped_total',
            'proto_turn_wait_seconds_count{end="served"}',
            'proto_turn_wait_seconds_count{end="skipped"}',
            'proto_turn_wait_seconds_count{end="left"}',
            'proto_refusals_total{code="SERVER_FULL"}',
            'proto_refusals_total{code="ADDRESS_FULL"}',
            'proto_faults_total{code="FRAME_BAD_BYTE"}',
            'proto_drops_total{reason="too many errors"}',
            'proto_handler_errors_total',
          ].map(async (name) => [name, await value(name)] as const),
        ),
      ),
    ).toEqual({
      proto_clients_accepted_total: 3,
      proto_max_clients: 3,
      proto_rooms: 1,
      proto_received_lines_total: 7,
      proto_received_bytes_total: 3 + 3 + 11 + 3 + 6 + 4,
      proto_queued_lines: 0,
      proto_turns_skipped_total: 1,
      'proto_turn_wait_seconds_count{end="served"}': 1,
      'proto_turn_wait_seconds_count{end="skipped"}': 1,
      'proto_turn_wait_seconds_count{end="left"}': 1,
      'proto_refusals_total{code="SERVER_FULL"}': 1,
      'proto_refusals_total{code="ADDRESS_FULL"}': 0,
      'proto_faults_total{code="FRAME_BAD_BYTE"}': 2,
      'proto_drops_total{reason="too many errors"}': 1,
      proto_handler_errors_total: 0,
    });
  });

  test('serverMetrics: two servers in one process are counted each on its own', async () => {
    const [one, other] = [await measured({ order: 'free' }), await measured({ order: 'free' })];
    await one.join().say('hello').line('HELLO');
    expect(await one.value('proto_received_lines_total')).toBe(1);
    expect(await other.value('proto_received_lines_total')).toBe(0);
  });
});
