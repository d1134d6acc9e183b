import { VirtualClock } from '@proto/scheduler/testing';
import { expect, test, vi } from 'vitest';
import { memoryServer, tcpServer } from '../peer.ts';
import { figure } from './figure.ts';

const HOUR_MS = 3_600_000;

test('F31: a clock that jumps an hour skips no turn and drops nobody', async () => {
  const clock = new VirtualClock();
  const { server, join } = await memoryServer(
    { turnTimeoutMs: 60_000, idleTimeoutMs: 600_000, partialLineTimeoutMs: 10_000, clients: 2 },
    clock,
  );
  let skipped = 0;
  server.on('turn', ({ state }) => {
    if (state === 'skipped') skipped++;
  });
  const left = vi.fn<() => void>();
  server.on('leave', left);
  const [one, two] = [join(), join()];
  await one.line('* TURN 1');
  two.duplex.write('beg');
  for (const jump of [HOUR_MS, -HOUR_MS]) {
    vi.spyOn(Date, 'now').mockReturnValue(new Date().getTime() + jump);
    await clock.advance(1_000);
    await one.say(`/ping ${jump}`).line(`* PONG ${jump}`);
    vi.restoreAllMocks();
  }
  expect(skipped).toBe(0);
  expect(left).not.toHaveBeenCalled();
  figure({ id: 'F31', what: 'turns skipped by a jump of an hour', value: skipped, unit: '', atMost: 0 });
  two.duplex.write('an\n');
  await two.say('/ping').line('* PONG ');
  // The time of the clock that was given does pass.
  await clock.advance(60_000);
  await two.line('* SKIP 1 waited 60000 ms');
});

test('F31: the clock of the machine is not the one on the wall', async () => {
  const { server, join } = await tcpServer({
    turnTimeoutMs: HOUR_MS / 2,
    clients: 2,
    idleTimeoutMs: HOUR_MS / 2,
  });
  const skipped = vi.fn<() => void>();
  server.on('turn', ({ state }) => {
    if (state === 'skipped') skipped();
  });
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + HOUR_MS);
  try {
    const [one, two] = [await join(), await join()];
    await one.line('* TURN 1');
    await two.say('/ping').line('* PONG ');
    expect(skipped).not.toHaveBeenCalled();
  } finally {
    vi.restoreAllMocks();
  }
});
