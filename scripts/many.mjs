// `npm run many`: a NATS server and three servers that share their rooms. Says what to type; Ctrl-C ends everything.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const NODES = ['a', 'b', 'c'];
const COLOURS = { nats: 90, a: 34, b: 33, c: 32 };
const PORT = 6677;
const HTTP_PORT = 6678;
const paints = process.stdout.isTTY && !process.env.NO_COLOR;

if (spawnSync('nats-server', ['--version']).error !== undefined) {
  process.stderr.write('Cannot start: there is no nats-server. Install it: apt-get install nats-server\n');
  process.exit(69);
}
const folder = mkdtempSync(join(tmpdir(), 'proto-many-'));
const running = new Map();
let isEnding = false;

function say(who, line) {
  const name = paints ? `\u001B[${COLOURS[who]}m${who}\u001B[0m` : who;
  process.stdout.write(`${name} | ${line}\n`);
}

/** Starts a program and prefixes what it says. */
function start(who, program, args, { isQuiet = false } = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.set(who, child);
  for (const output of [child.stdout, child.stderr]) {
    createInterface(output).on('line', (line) => isQuiet || say(who, line));
  }
  child.on('exit', (code, signal) => {
    running.delete(who);
    if (!isEnding) say(who, `ended (${signal ?? `exit code ${code}`})`);
    if (running.size === 0) rmSync(folder, { recursive: true, force: true });
  });
  return child;
}

/** Ends everything: the servers first, then the log that they need for it. */
async function end() {
  if (isEnding) return;
  isEnding = true;
  const servers = NODES.flatMap((name) => running.get(name) ?? []);
  const ended = servers.map((server) => new Promise((resolve) => void server.once('exit', resolve)));
  for (const server of servers) server.kill('SIGTERM');
  await Promise.all(ended);
  running.get('nats')?.kill('SIGTERM');
}
process.on('SIGINT', () => void end());
process.on('SIGTERM', () => void end());

const port = await freePort();
start('nats', 'nats-server', ['-js', '-a', '127.0.0.1', '-p', String(port), '-sd', folder], {
  isQuiet: true,
});
const url = `nats://127.0.0.1:${port}`;
for (const [index, name] of NODES.entries()) {
  const place = ['--port', String(PORT + 10 * index), '--http', `127.0.0.1:${HTTP_PORT + 10 * index}`];
  const server = start(name, process.execPath, [
    '--enable-source-maps',
    'apps/server/dist/main.js',
    '--join',
    url,
    '--node',
    name,
    '--page',
    'join',
    ...place,
    ...process.argv.slice(2),
  ]);
  await new Promise((resolve) => {
    createInterface(server.stdout).on('line', (line) => line.startsWith('listening on') && resolve());
    server.once('exit', resolve);
  });
}
if (!isEnding && running.size === NODES.length + 1) {
  const lines = [
    '',
    'Three servers, one room. In three other terminals:',
    ...NODES.map((name, index) => `  npm run client 127.0.0.1:${PORT + 10 * index}    # a client of ${name}`),
    'See it in a browser. Each page shows all nodes, and the bytes of its own clients:',
    ...NODES.map((name, index) => `  http://127.0.0.1:${HTTP_PORT + 10 * index}/    # the page of ${name}`),
    'Then kill a server, and watch the turn go on after about 3 s:',
    ...NODES.map((name) => `  kill -9 ${running.get(name).pid}    # ${name}`),
    'Ctrl-C ends everything.',
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
}
