import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { has } from './has.ts';
import { Program } from './program.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Takes a port. Returns what frees it; `undefined`: somebody has it. */
function take(port: number): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () =>
      resolve(() => new Promise((freed) => void server.close(() => freed()))),
    );
  });
}

/** A port with all those free that three servers and their pages take. */
async function basePort(): Promise<number> {
  for (let base = 20_000 + (process.pid % 20_000); ; base += 30) {
    const taken = await Promise.all([0, 1, 10, 11, 20, 21].map((offset) => take(base + offset)));
    for (const free of taken) await free?.();
    if (!taken.includes(undefined)) return base;
  }
}

function many(port: number, ...args: string[]): Program {
  const program = new Program(process.execPath, ['scripts/many.mjs', '--port', String(port), ...args], {
    cwd: ROOT,
    path: [],
  });
  onTestFinished(() => program.kill('SIGKILL'));
  return program;
}

/** A client that keeps what it gets. */
async function client(
  port: number,
): Promise<{ got: string; say: (line: string) => void; has: (text: string) => Promise<void> }> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const self = {
    got: '',
    say: (line: string) => void socket.write(`${line}\n`),
    has: async (text: string) => {
      while (!self.got.includes(text)) await once(socket, 'data');
    },
  };
  socket.on('data', (chunk: Buffer) => {
    self.got += chunk.toString('latin1');
  });
  await self.has('WELCOME');
  return self;
}

describe.skipIf(!has('nats-server --version', 'npm run many'))('npm run many', () => {
  test('many: what it says to type works: clients, a kill, a start again; the end tells all clients', async () => {
    const port = await basePort();
    const program = many(port);
    await program.line(/Ctrl-C here ends everything/);
    const [a, b, c] = [await client(port), await client(port + 10), await client(port + 20)];
    a.say('one');
    await a.has('ONE');
    const kill = /kill -9 (\d+) {4}# b/.exec(program.output)!;
    process.kill(Number(kill[1]), 'SIGKILL');
    await c.has('node gone');
    const [, again] = /npm start -- (.*)/.exec(program.output)!;
    const started = new Program(process.execPath, ['apps/server/dist/main.js', ...again.split(' ')], {
      cwd: ROOT,
      path: [],
    });
    onTestFinished(() => started.kill('SIGKILL'));
    await started.line(/share the rooms/);
    await client(port + 10);
    program.kill('SIGTERM');
    expect(await program.ended).toBe(0);
    for (const one of [a, c]) await one.has('* BYE SIGTERM');
    expect(b.got).not.toContain('* BYE');
  });

  test('many: a port that is in use ends it, and so does the last server', async () => {
    const port = await basePort();
    const free = await take(port + 10);
    const program = many(port);
    expect(await program.ended).toBe(69);
    expect(program.output).toContain('the port is in use');
    expect(program.output).not.toContain('c |');
    await free!();
    const again = many(await basePort(), '--quit', 'all');
    await again.line(/Ctrl-C here ends everything/);
    const [, own] = /client 127\.0\.0\.1:(\d+) {4}# a client of a/.exec(again.output)!;
    (await client(Number(own))).say('/quit');
    expect(await again.ended).toBe(0);
    expect(again.output).toContain('All servers have ended.');
  });

  test('many: a question is answered, and nothing is started', async () => {
    const program = many(1, '--help');
    expect(await program.ended).toBe(0);
    expect(program.output).toMatch(/^Usage|^proto-server|--join/m);
    expect(program.output).not.toContain('a |');
  });
});
