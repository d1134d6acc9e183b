// `npm run many`: a NATS server and three servers that share their rooms. Says what to type; Ctrl-C ends everything.
// `--port N` is the port of the first one; other options are for all three.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const NODES = ['a', 'b', 'c'];
const COLOURS = { nats: 90, a: 34, b: 33, c: 32 };
const SERVER = ['--enable-source-maps', 'apps/server/dist/main.js'];
const paints = process.stdout.isTTY && !process.env.NO_COLOR;

const args = process.argv.slice(2);
const isQuestion = args.some((arg) => ['--help', '-h', '--version', '--print-config'].includes(arg));
if (isQuestion) process.exit(spawnSync(process.execPath, [...SERVER, ...args], { stdio: 'inherit' }).status);
const at = args.indexOf('--port');
const PORT = at === -1 ? 6_677 : Number(args.splice(at, 2)[1]);

if (spawnSync('nats-server', ['--version']).error !== undefined) {
  process.stderr.write('Cannot start: there is no nats-server. Install it: apt-get install nats-server\n');
  process.exit(69);
}
const folder = mkdtempSync(join(tmpdir(), 'proto-many-'));
const running = new Map();
let isEnding = false;
let isUp = false;

// Whatever ends this process ends them.
process.on('exit', () => {
  for (const child of running.values()) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
process.stdout.on('error', () => process.exit(1));

function say(who, line) {
  const name = paints ? `\u001B[${COLOURS[who]}m${who}\u001B[0m` : who;
  process.stdout.write(`${name} | ${line}\n`);
}

/** Starts a program and prefixes what it says. Ctrl-C must not reach it before us: clients are told why their server ends. */
function start(who, program, programArgs, { isQuiet = false } = {}) {
  const child = spawn(program, programArgs, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  running.set(who, child);
  for (const output of [child.stdout, child.stderr]) {
    createInterface(output).on('line', (line) => isQuiet || say(who, line));
  }
  child.on('exit', (code, signal) => {
    running.delete(who);
    if (!isEnding) hasEnded(who, code, signal);
  });
  return child;
}

function hasEnded(who, code, signal) {
  say(who, `ended (${signal ?? `exit code ${code}`})`);
  if (!isUp || who === 'nats') void end('SIGTERM', code ?? 1);
  else if (!NODES.some((name) => running.has(name))) {
    process.stdout.write('All servers have ended.\n');
    void end('SIGTERM', 0);
  }
}

/** Ends everything: the servers first, then the log that they need for it. */
async function end(signal, code) {
  if (isEnding) process.exit(code);
  isEnding = true;
  const servers = NODES.flatMap((name) => running.get(name) ?? []);
  const ended = servers.map((server) => new Promise((resolve) => void server.once('exit', resolve)));
  for (const server of servers) server.kill(signal);
  await Promise.all(ended);
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => void end(signal === 'SIGINT' ? signal : 'SIGTERM', 0));

const portOf = (name) => PORT + 10 * NODES.indexOf(name);
const natsPort = await freePort();
start('nats', 'nats-server', ['-js', '-a', '127.0.0.1', '-p', String(natsPort), '-sd', folder], {
  isQuiet: true,
});
const url = `nats://127.0.0.1:${natsPort}`;
const optionsOf = (name) => {
  const place = `--node ${name} --port ${portOf(name)} --http 127.0.0.1:${portOf(name) + 1} --page join`;
  return ['--join', url, ...place.split(' '), ...args];
};
for (const name of NODES) {
  if (isEnding) break;
  const server = start(name, process.execPath, [...SERVER, ...optionsOf(name)]);
  await new Promise((resolve) => {
    createInterface(server.stdout).on('line', (line) => line.startsWith('listening on') && resolve());
    server.once('exit', resolve);
  });
}
if (!isEnding) {
  isUp = true;
  const lines = [
    '',
    'Three servers, one room. In three other terminals:',
    ...NODES.map((name) => `  npm run client 127.0.0.1:${portOf(name)}    # a client of ${name}`),
    'See it in a browser. Each page shows all nodes, and the bytes of its own clients:',
    ...NODES.map((name) => `  http://127.0.0.1:${portOf(name) + 1}/    # the page of ${name}`),
    'Then kill a server. After 2 to 3 s its clients leave, and the room goes on without them:',
    ...NODES.map((name) => `  kill -9 ${running.get(name).pid}    # ${name}`),
    'Start it again, b for example:',
    `  npm start -- ${optionsOf('b').join(' ')}`,
    'A client that quits closes all three, unless you start this with: npm run many -- --quit self',
    'Ctrl-C here ends everything.',
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
