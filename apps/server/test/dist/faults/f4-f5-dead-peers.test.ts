import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { figure, size, skip } from '../../faults/figure.ts';
import { isMissing } from '../binary.ts';
import { Child } from '../child.ts';
import { MAIN } from '../command.ts';
import { TwoNetworks } from './two-networks.ts';

const whyNot = process.platform === 'linux' ? TwoNetworks.whyNot() : 'network namespaces are of Linux';
if (whyNot !== undefined) for (const row of ['F4', 'F5']) skip(row, whyNot);
const isPossible = whyNot === undefined && !isMissing('nc.openbsd');
const KEEP_ALIVE_MS = 30_000;

/** A server near the cable, a client beside it, and one at the far end that came first. */
async function house(
  networks: TwoNetworks,
  ...flags: string[]
): Promise<{ dead: Child; honest: Child; port: string }> {
  const command = networks.near(
    process.execPath,
    MAIN,
    '--host',
    networks.serverAddress,
    '--port',
    '0',
    ...flags,
  );
  const server = new Child(...command);
  const port = /:(\d+)$/.exec(await server.line(/^listening on /))?.[1] ?? '';
  const dead = new Child(...networks.far('nc.openbsd', networks.serverAddress, port));
  await dead.line(/^\* WELCOME 1 /);
  const honest = new Child(...networks.near('nc.openbsd', networks.serverAddress, port));
  await honest.line(/^\* WELCOME 2 /);
  return { dead, honest, port };
}

async function took(what: Promise<unknown>): Promise<number> {
  const before = performance.now();
  await what;
  return performance.now() - before;
}

test.runIf(isPossible)('F4: a dead peer that is idle is found by keepalive', async () => {
  using networks = new TwoNetworks();
  const { dead, honest, port } = await house(networks, '--order', 'free');
  const [command, args] = networks.near('ss', '-Htno', 'sport', '=', `:${port}`);
  const watched = (): number | undefined =>
    execFileSync(command, args, { encoding: 'utf8' }).match(/timer:\(keepalive,/g)?.length;
  // What was just sent has a timer of its own, until it is acknowledged.
  await expect.poll(watched, { timeout: 30_000 }).toBe(2);
  if (size(0, 1) === 0) return;
  networks.pullTheCable();
  const ms = await took(honest.line(/^\* LEAVE 1 /));
  figure({
    id: 'F4',
    what: 'found after',
    value: ms / 1_000,
    unit: 's',
    atMost: (KEEP_ALIVE_MS + 12_000) / 1_000,
  });
  expect(dead.lines.some((line) => line.startsWith('* BYE'))).toBe(false);
});

test.runIf(isPossible)('F5: the turn of a dead peer passes at the deadline', async () => {
  using networks = new TwoNetworks();
  const timeoutMs = size(400, 3_000);
  const { honest } = await house(networks, '--clients', '2', '--turn-timeout-ms', String(timeoutMs));
  await honest.line('* TURN 1');
  const skipped = took(honest.line('* SKIP 1 waited ' + timeoutMs + ' ms'));
  networks.pullTheCable();
  honest.write('waits\n');
  const late = (await skipped) - timeoutMs;
  await honest.line('WAITS');
  figure({
    id: 'F5',
    what: 'the turn passed, off its deadline by',
    value: Math.abs(late),
    unit: 'ms',
    atMost: 250,
  });
});

test.runIf(isPossible)(
  'F5: a dead peer with output outstanding is dropped at the deadline of its outbox',
  async () => {
    using networks = new TwoNetworks();
    const timeoutMs = size(400, 3_000);
    const flags = ['--order', 'free', '--deliver', 'others', '--max-outbox-bytes', '64000000'];
    const { honest } = await house(networks, ...flags, '--outbox-timeout-ms', String(timeoutMs));
    networks.pullTheCable();
    const dropped = took(honest.line('* LEAVE 1 did not read'));
    honest.write(`${'x'.repeat(1_000)}\n`.repeat(8_000));
    const late = (await dropped) - timeoutMs;
    await honest.until(({ lines }) => lines.filter((line) => line === '* OK').length === 8_000);
    figure({
      id: 'F5',
      what: 'the outbox given up, off its deadline by',
      value: Math.abs(late),
      unit: 'ms',
      atMost: 250,
    });
  },
);
