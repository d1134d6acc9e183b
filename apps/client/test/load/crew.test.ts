import type { Socket } from 'node:net';
import { setImmediate as nextPass } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Crew, waitingOf } from '../../src/load/crew.ts';
import { Latencies } from '../../src/load/figures/latencies.ts';
import type { Result } from '../../src/load/figures/tally.ts';
import type { LoadPlan } from '../../src/load/plan.ts';
import { runHere } from '../../src/load/run.ts';
import { linesFrom, type Script, serve, upper } from '../scripted-server.ts';
import { standStill } from '../stand-still.ts';
import { faultyServer, type Mischief } from './faulty-server.ts';

const PLAN: LoadPlan = {
  clients: 3,
  size: 8,
  linesPerWrite: 16,
  lines: 2000,
  durationMs: undefined,
  warmUpMs: 0,
  rate: undefined,
  arrival: 'steady',
  rampMs: 0,
  reply: 'upper',
  events: 'on',
  timeoutMs: 60_000,
  seed: 1,
};

async function run(port: number, plan: Partial<LoadPlan> = {}): Promise<Result> {
  const one = runHere({ host: '127.0.0.1', port, timeoutMs: 60_000 }, { ...PLAN, ...plan });
  await one.connect();
  return one.drive();
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
  const { clients, answered, failures, causes } = await run(server.port, { lines: 100 });
  expect({ clients, answered }).toEqual({ clients: 2, answered: 200 });
  expect(failures).toEqual({ 'notice SERVER_FULL': 1, ended: 1 });
  expect(causes).toEqual({ 'the server said "* ERR SERVER_FULL 2 are here"': 1 });
});

const ADVICE = 'If it requires a token, pass --token-file. If it speaks TLS, pass --tls';

test.each([
  ['NOT_OURS', 'Cannot talk to this server: expected * WELCOME, got "SSH-2.0-x"', 'SSH-2.0-x\r\n'],
  ['NOT_OURS', `Cannot talk to this server: it ended the connection before * WELCOME. ${ADVICE}`, ''],
  [
    'REFUSED',
    'Cannot get in: the server said "* ERR BANNED your address is banned"',
    '* ERR BANNED your address is banned\n* BYE refused\n',
  ],
])('Crew: rejects with %s: %s', async (code, message, banner) => {
  await using server = await serve((socket) => void socket.end(banner));
  await expect(run(server.port)).rejects.toMatchObject({ code, message });
});

test('Crew: rejects with DENIED at once, although the server waits for another token', async () => {
  await using server = await serve((socket) => void socket.write('* ERR AUTH_FAILED no\n'));
  const message = 'Cannot get in: the server refused the token';
  await expect(run(server.port)).rejects.toMatchObject({ code: 'DENIED', message });
});

test('Crew: rejects with NOT_OURS where nobody says anything once the time is up', async () => {
  await using server = await serve(() => {});
  const message = `Cannot talk to this server: no * WELCOME within 50 ms. ${ADVICE}`;
  await expect(run(server.port, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'NOT_OURS', message });
});

/** Takes one line, then does something to the connection. */
function afterOneLine(act: (socket: Socket) => void): Script {
  return async (socket) => {
    socket.write('* WELCOME 1 1 main 1\n');
    for await (const _ of linesFrom(socket)) act(socket);
    socket.end();
  };
}

test.each<[string, Record<string, number>, string, Script]>([
  [
    'resets the connection',
    { cut: 1, missing: 1 },
    'Cannot go on: the server reset the connection',
    afterOneLine((socket) => void socket.resetAndDestroy()),
  ],
  [
    'ends the connection without a word',
    { cut: 1, missing: 1 },
    "Cannot go on: the server's stream ended without * BYE",
    afterOneLine((socket) => void socket.end()),
  ],
  [
    'says goodbye',
    { ended: 1, missing: 1 },
    'the server said "* BYE you were kicked\\x1b[2J"',
    afterOneLine((socket) => void socket.end('* BYE you were kicked\u001b[2J\n')),
  ],
  [
    'waits for somebody else',
    { missing: 1 },
    'no answer within 500 ms. The last thing the server said: it waits for a line of client 7',
    afterOneLine((socket) => void socket.write('* TURN 7\n')),
  ],
  ['says nothing', { missing: 1 }, 'no answer within 500 ms', afterOneLine(() => {})],
])('Crew: a server that %s is quoted', async (_, failures, cause, script) => {
  await using server = await serve(script);
  const timeoutMs = cause.startsWith('no answer') ? 500 : 60_000;
  const plan = { clients: 1, lines: 1, linesPerWrite: 1, timeoutMs };
  const result = await run(server.port, plan);
  expect(result).toMatchObject({ failures, causes: { [cause]: 1 } });
});

test('Crew: tells what the room waits for, unless a client has completed it', async () => {
  let come = 0;
  await using server = await serve((socket) => {
    come++;
    socket.write(`* WELCOME ${come} 3 main 1\n${come < 3 ? `* WAIT ${come} 3\n` : ''}`);
  });
  const endpoint = { host: '127.0.0.1', port: server.port, timeoutMs: 60_000 };
  const two = new Crew(endpoint, { ...PLAN, clients: 2 });
  expect((await two.connect()).waiting).toEqual({ kind: 'clients', have: 2, want: 3 });
  two.destroy();
  come = 0;
  const three = new Crew(endpoint, { ...PLAN, clients: 3 });
  expect((await three.connect()).waiting).toBeUndefined();
  three.destroy();
});

test('waitingOf: a room waits if each of its clients was told so, and the last one knows best', () => {
  const told = (have: number) => ({ kind: 'clients', have, want: 9 }) as const;
  expect(waitingOf([told(1), told(3), told(2)])).toEqual(told(3));
  expect(waitingOf([told(1), undefined])).toBeUndefined();
  expect(waitingOf([told(1), { kind: 'turn', seat: 1 }])).toBeUndefined();
  expect(waitingOf([])).toBeUndefined();
});

test('Crew: what is sent in the warm-up is checked, and neither measured nor counted as lines', async () => {
  await using server = await serve(upper);
  const { sent, answered, measured, latencies, failures } = await run(server.port, {
    lines: 50,
    linesPerWrite: 1,
    warmUpMs: 50,
  });
  expect({ answered, failures }).toEqual({ answered: sent, failures: {} });
  expect(sent).toBeGreaterThan(150);
  // A line of each client may be on its way when the time begins.
  expect(measured).toBe(150);
  expect(Latencies.parse(latencies).count).toBe(150);
});

test('Crew: a run that is stopped in its warm-up has measured nothing', async () => {
  await using server = await serve(upper);
  const one = runHere(
    { host: '127.0.0.1', port: server.port, timeoutMs: 60_000 },
    { ...PLAN, warmUpMs: 60_000 },
  );
  await one.connect();
  const driven = one.drive();
  while (one.progress.answered < 100) await nextPass();
  one.stop();
  expect(await driven).toMatchObject({ measured: 0, elapsedMs: 0, failures: {} });
});

test('Crew: for a time: tells how many lines had no answer when it was over', async () => {
  await using server = await serve(upper);
  const { stop } = await run(server.port, { lines: Infinity, durationMs: 30, linesPerWrite: 64 });
  expect(stop!.afterMs).toBeGreaterThanOrEqual(29);
  expect(stop!.owed).toBeGreaterThan(0);
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
