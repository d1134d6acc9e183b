import type { Socket } from 'node:net';
import { setImmediate as nextPass } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Crew } from '../../src/load/crew.ts';
import type { Result } from '../../src/load/figures/tally.ts';
import type { LoadPlan } from '../../src/load/plan.ts';
import { linesFrom, serve, upper } from '../scripted-server.ts';
import { standStill } from '../stand-still.ts';
import { faultyServer, type Mischief } from './faulty-server.ts';

const PLAN: LoadPlan = {
  clients: 3,
  size: 8,
  linesPerWrite: 16,
  lines: 2000,
  durationMs: undefined,
  rate: undefined,
  arrival: 'steady',
  rampMs: 0,
  reply: 'upper',
  events: 'on',
  timeoutMs: 60_000,
  seed: 1,
};

async function run(port: number, plan: Partial<LoadPlan> = {}): Promise<Result> {
  const crew = new Crew({ host: '127.0.0.1', port, timeoutMs: 60_000 }, { ...PLAN, ...plan });
  await crew.connect();
  return crew.drive();
}

test('Crew: every line is answered, each client has sent its own', async () => {
  await using server = await serve(upper);
  expect(await run(server.port)).toMatchObject({
    clients: 3,
    sent: 6000,
    answered: 6000,
    measured: 6000,
    failures: {},
  });
});

test('Crew: at a rate: the lines that are due, in writes of so many', async () => {
  await using server = await serve(upper);
  const result = await run(server.port, { rate: 20_000, arrival: 'poisson', lines: 500, linesPerWrite: 4 });
  expect(result).toMatchObject({ sent: 1500, answered: 1500, failures: {} });
});

test('Crew: with a ramp the clients send as they come, and all is answered', async () => {
  await using server = await serve(upper);
  const result = await run(server.port, { rampMs: 30, lines: 500 });
  expect(result).toMatchObject({ clients: 3, sent: 1500, answered: 1500, failures: {} });
  expect(result.measured).toBeLessThanOrEqual(1500);
});

test('Crew: for a time: stops when it is over, with nothing owed', async () => {
  await using server = await serve(upper);
  const { sent, answered, failures } = await run(server.port, { lines: Infinity, durationMs: 50 });
  expect(answered).toBe(sent);
  expect(sent).toBeGreaterThan(0);
  expect(failures).toEqual({});
});

test.each<[Mischief, string]>([
  ['drop', 'missing'],
  ['double', 'doubled'],
  ['swap', 'swapped'],
  ['spoil', 'wrong'],
])('Crew: a server that %ss one reply in 1,997 is caught each time', async (mischief, kind) => {
  await using server = await faultyServer(mischief, 1997);
  // A reply dropped as the last of its write is missed when the time is up.
  const { sent, failures } = await run(server.port, {
    lines: 4000,
    timeoutMs: mischief === 'drop' ? 4000 : 60_000,
  });
  expect(sent).toBe(12_000);
  expect(server.done).toBeGreaterThanOrEqual(5);
  expect(failures).toEqual({ [kind]: server.done });
});

test('Crew: a line at a time, a reply that never comes is missing once the time is up, and the run goes on', async () => {
  await using server = await faultyServer('drop', 20);
  const { sent, answered, failures } = await run(server.port, {
    linesPerWrite: 1,
    lines: 13,
    timeoutMs: 300,
  });
  expect(sent).toBe(39);
  expect(failures['missing']).toBeGreaterThanOrEqual(server.done);
  expect(answered).toBeLessThan(39);
});

test('Crew: reads what has arrived before it gives a line up, where the process stood still', async () => {
  await using server = await serve(async (socket) => {
    socket.write('* WELCOME 1 1 main 1\n');
    for await (const line of linesFrom(socket)) {
      socket.write(`${line.toUpperCase()}\n`);
      standStill(1500);
    }
    socket.end();
  });
  const plan = { clients: 1, lines: 1, linesPerWrite: 1, timeoutMs: 1000 };
  expect(await run(server.port, plan)).toMatchObject({ answered: 1, failures: {} });
});

test.each<[string, Record<string, number>, (socket: Socket) => Promise<void> | void]>([
  [
    'answers in lower case',
    { wrong: 30 },
    async (socket) => {
      socket.write('* WELCOME 1 1 main 1\n');
      for await (const line of linesFrom(socket)) socket.write(`${line}\n`);
      socket.end();
    },
  ],
  [
    'ends in the middle',
    { cut: 3, missing: 27 },
    async (socket) => {
      socket.write('* WELCOME 1 1 main 1\n');
      for await (const line of linesFrom(socket)) {
        socket.end(`${line.toUpperCase()}\nHALF`);
        break;
      }
    },
  ],
  [
    'refuses each line',
    { 'refused HANDLER': 30 },
    async (socket) => {
      socket.write('* WELCOME 1 1 main 1\n');
      for await (const _ of linesFrom(socket)) socket.write('* ERR HANDLER it is out of order\n');
      socket.end();
    },
  ],
])('Crew: a server that %s', async (_, failures, script) => {
  await using server = await serve(script);
  expect((await run(server.port, { lines: 10, linesPerWrite: 10 })).failures).toEqual(failures);
});

test('Crew: a server that is full for some: the others go on', async () => {
  let come = 0;
  await using server = await serve((socket) => {
    if (++come === 2) socket.end('* ERR SERVER_FULL 2 are here\n* BYE full\n');
    return come === 2 ? undefined : upper(socket);
  });
  const { answered, failures } = await run(server.port, { lines: 100 });
  expect(answered).toBe(200);
  expect(failures).toEqual({ 'notice SERVER_FULL': 1, cut: 1 });
});

test.each([
  ['NOT_OURS', 'Cannot talk to this server: expected * WELCOME, got "SSH-2.0-x"', 'SSH-2.0-x\r\n'],
  ['NOT_OURS', 'Cannot talk to this server: it ended every connection before * WELCOME', ''],
])('Crew: rejects with %s: %s', async (code, message, banner) => {
  await using server = await serve((socket) => void socket.end(banner));
  await expect(run(server.port)).rejects.toMatchObject({ code, message });
});

test('Crew: rejects with NOT_OURS where nobody says anything once the time is up', async () => {
  await using server = await serve(() => {});
  const message = 'Cannot talk to this server: no * WELCOME within 50 ms';
  await expect(run(server.port, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'NOT_OURS', message });
});

test('Crew: rejects with UNREACHABLE where nobody is', async () => {
  const server = await serve(() => {});
  await server[Symbol.asyncDispose]();
  await expect(run(server.port)).rejects.toMatchObject({ code: 'UNREACHABLE' });
});

test('Crew.stop: sends no more, and what is owed is waited for', async () => {
  await using server = await serve(upper);
  const crew = new Crew(
    { host: '127.0.0.1', port: server.port, timeoutMs: 60_000 },
    { ...PLAN, lines: Infinity },
  );
  await crew.connect();
  const driven = crew.drive();
  while (crew.tally.answered < 100) await nextPass();
  crew.stop();
  const { sent, answered, failures } = await driven;
  expect({ answered, failures }).toEqual({ answered: sent, failures: {} });
});
