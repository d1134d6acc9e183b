import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { figure, size } from '../../faults/figure.ts';
import { freePort, start } from '../command.ts';

const CLIENTS = 20;
/** A full queue, and more behind it. */
const LINES = 256;
const GRACE_MS = 500;

const folder = mkdtempSync(join(tmpdir(), 'proto-slow-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A module whose handler works for so long with each line. */
function slowModule(ms: number): string {
  const path = join(folder, `slow-${ms}.mjs`);
  const wait = `const until = performance.now() + ${ms};\n  while (performance.now() < until);`;
  writeFileSync(path, `export default (line) => {\n  ${wait}\n  return line;\n};\n`);
  return path;
}

/** Asks for the health over a new connection, and gives how long the answer took. In ms. */
async function health(port: number): Promise<number> {
  const began = performance.now();
  const request = get({ port, host: '127.0.0.1', path: '/healthz', agent: false });
  const [response] = (await once(request, 'response')) as [{ statusCode: number; resume(): void }];
  response.resume();
  expect(response.statusCode).toBe(200);
  return performance.now() - began;
}

/** A server that has more to do than it can, and how many answers its clients have got. */
async function busy(handlerMs: number) {
  const http = await freePort();
  const flags = [
    '--order',
    'free',
    '--quit',
    'self',
    '--http',
    `127.0.0.1:${http}`,
    '--grace-ms',
    `${GRACE_MS}`,
  ];
  const { child, port } = await start(...flags, '--transform', slowModule(handlerMs));
  let answers = 0;
  let quitAt = Infinity;
  let isBusy = (): void => {};
  const begun = new Promise<void>((resolve) => {
    isBusy = resolve;
  });
  const sockets: Socket[] = [];
  for (let count = 0; count < CLIENTS; count++) {
    const socket = connect({ port, host: '127.0.0.1' });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1');
      answers += text.match(/^line \d+$/gm)?.length ?? 0;
      if (text.includes('* QUIT - SIGTERM\n')) quitAt = Math.min(quitAt, performance.now());
      if (answers >= CLIENTS) isBusy();
    });
    await once(socket, 'connect');
    socket.write(Array.from({ length: LINES }, (_, line) => `line ${line}\n`).join(''));
    sockets.push(socket);
  }
  await begun;
  return { child, http, sockets, answers: () => answers, quitAt: () => quitAt };
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
const worst = (values: readonly number[]): number => Math.max(...values);

// A machine that is busy with something else holds up a process for more than 10 ms.
test.each([
  { ms: 10, which: 'median', of: median },
  { ms: 100, which: 'worst', of: worst },
])('F44: the handler takes $ms ms for a line: health is answered in between', async ({ ms, which, of }) => {
  const { http, answers } = await busy(ms);
  const took: number[] = [];
  for (let asked = 0; asked < size(3, 50); asked++) took.push(await health(http));
  expect(answers()).toBeLessThan(CLIENTS * LINES);
  figure({
    id: 'F44',
    what: `/healthz, ${which} of ${took.length}, in handlers of ${ms} ms`,
    value: of(took) / ms,
    unit: 'x',
    atMost: 2,
  });
});

test('F44: SIGTERM while the handler takes 100 ms for each of many lines: the grace period is the limit', async () => {
  const { child, sockets, answers, quitAt } = await busy(100);
  const closed = Promise.all(sockets.map((socket) => once(socket, 'close')));
  child.kill('SIGTERM');
  await closed;
  // The signal itself waits for the line being handled.
  const tookMs = performance.now() - quitAt();
  expect(await child.exit).toEqual({ code: 0, signal: null });
  expect(answers()).toBeLessThan(CLIENTS * LINES);
  figure({
    id: 'F44',
    what: 'clients closed after they were told of SIGTERM, beyond the grace period, in handlers of 100 ms',
    value: (tookMs - GRACE_MS) / 100,
    unit: 'x',
    atMost: 1,
  });
});
