import { VirtualClock } from '@proto/scheduler/testing';
import { expect, test } from 'vitest';
import type { ServerOptions } from '../../src/index.ts';
import { logJson, serverMetrics, showOnConsole } from '../../src/observe/index.ts';
import { memoryServer } from '../peer.ts';

/** A server, and what an operator sees of it. */
async function shown(options: ServerOptions) {
  const clock = new VirtualClock();
  const { server, join } = await memoryServer(options, clock);
  const rows: string[] = [];
  const objects: unknown[] = [];
  const stop = showOnConsole(server, { write: (row) => rows.push(row), colour: false, text: false, clock });
  logJson(server, { write: (line) => objects.push(JSON.parse(line)), text: false });
  const registry = serverMetrics(server);
  const advance = async (): Promise<void> => {
    await clock.advance(1_000);
    for (let pass = 0; pass < 8; pass++) await new Promise(setImmediate);
  };
  const metrics = async (): Promise<string[]> =>
    (await registry.metrics())
      .split('\n')
      .filter((line) => /^proto_\S*(?:throttle|passed|ADDRESS_BUSY)/.test(line));
  return { advance, join, rows, objects, metrics, stop };
}

test.each([
  {
    of: 'lines',
    options: { maxLinesPerSecond: 1 },
    says: 'client 2 sends too many lines: it is read more slowly',
  },
  {
    of: 'bytes',
    options: { maxCausedBytesPerSecond: 1_000, deliver: 'all' },
    says: 'client 2 makes others read too much: it is read more slowly',
  },
] as const)(
  'a client that exceeds its $of: the console, the log and the metrics say so once',
  async ({ of, options, says }) => {
    const { advance, join, rows, objects, metrics, stop } = await shown({ order: 'free', ...options });
    const first = join();
    await first.line(/^\* WELCOME/);
    const second = join().say(...Array.from({ length: 60 }, (_, line) => `${line}`));
    await second.line(/^7$/);
    expect(await metrics()).toEqual([
      'proto_throttled_clients 1',
      `proto_throttles_total{of="lines"} ${of === 'lines' ? 1 : 0}`,
      `proto_throttles_total{of="bytes"} ${of === 'bytes' ? 1 : 0}`,
      'proto_passed_over_total 0',
      'proto_faults_total{code="ADDRESS_BUSY"} 0',
      'proto_refusals_total{code="ADDRESS_BUSY"} 0',
    ]);
    while (!second.lines.includes('59')) await advance();
    expect(rows.filter((row) => row.includes('slowly'))).toEqual([says]);
    const told = objects.filter((each) => (each as { event: string }).event === 'throttle');
    expect(told).toMatchObject([
      { level: 'warn', client: 2, room: 'main', seat: 2, address: 'memory:2', of },
    ]);
    stop();
  },
);

test('a client that is passed over: the console, the log and the metrics say so once', async () => {
  const { advance, join, rows, objects, metrics, stop } = await shown({
    clients: 2,
    turnTimeoutMs: 1_000,
    maxSkips: 2,
  });
  const peers = [join(), join()];
  for (let times = 0; times < 3; times++) {
    await peers[1]!.say(`${times}`).line('* TURN 1');
    while (!peers[1]!.lines.includes(`${times}`)) await advance();
  }
  expect(rows.filter((row) => row.includes('passed over'))).toEqual([
    'client 1 is passed over until it says a line',
  ]);
  const told = objects.filter((each) => (each as { event: string }).event === 'passedOver');
  expect(told).toMatchObject([{ level: 'info', client: 1, room: 'main', seat: 1 }]);
  expect(await metrics()).toContain('proto_passed_over_total 1');
  stop();
});
