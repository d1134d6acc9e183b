import { expect, test } from 'vitest';
import { figure, size } from '../../faults/figure.ts';
import { Client, connectDeaf } from '../client.ts';
import { start } from '../command.ts';

async function crowd(port: number, clients: number): Promise<Client[]> {
  const all: Client[] = [];
  while (all.length < clients) {
    all.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(50, clients - all.length) }, () => Client.in(port)),
      )),
    );
  }
  return all;
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'F22: %s: everybody gets BYE, and it ends with 0',
  async (signal) => {
    const clients = size(50, 500);
    const { child, port } = await start('--order', 'fair');
    const all = await crowd(port, clients);
    const began = performance.now();
    child.kill(signal);
    expect(await child.exit).toEqual({ code: 0, signal: null });
    const tookMs = performance.now() - began;
    await Promise.all(all.map((client) => client.end()));
    const byes = all.filter(({ lines }) => lines.at(-1) === `* BYE ${signal}`).length;
    expect(byes).toBe(clients);
    figure({
      id: 'F22',
      what: `BYE after ${signal}, of ${clients}`,
      value: byes,
      unit: '',
      atLeast: clients,
    });
    figure({ id: 'F22', what: `ended after ${signal}`, value: tookMs, unit: 'ms', atMost: 1_000 });
  },
);

test('F22: with --drain-ms clients are let in after SIGTERM, a second one begins the quit, and a third one ends it', async () => {
  const { child, port } = await start(
    ...'--clients 1 --log-text on --linger-ms 60000 --grace-ms 60000 --drain-ms 60000'.split(' '),
  );
  child.kill('SIGTERM');
  await child.line('draining (SIGTERM): not ready, but clients are let in for 60000 ms more');
  await connectDeaf(port);
  await child.line(/^client 1 connected/);
  child.kill('SIGTERM');
  await child.line('client 1 < * BYE SIGTERM');
  child.kill('SIGTERM');
  expect(await child.exit).toEqual({ code: 143, signal: null });
});

test.each([
  { signal: 'SIGTERM', code: 143 },
  { signal: 'SIGINT', code: 130 },
] as const)('F22: a second $signal ends it at once with $code', async ({ signal, code }) => {
  const { child, port } = await start(
    ...'--clients 1 --log-text on --linger-ms 60000 --grace-ms 60000'.split(' '),
  );
  await connectDeaf(port);
  await child.line(/^client 1 connected/);
  child.kill(signal);
  await child.line(`client 1 < * BYE ${signal}`);
  child.kill(signal);
  expect(await child.exit).toEqual({ code, signal: null });
});
