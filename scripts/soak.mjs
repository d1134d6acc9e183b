// `npm run soak`: clients that come, go, flood, quit and misbehave, for SOAK_SECONDS (1,200). Between rounds everybody
// has left, and the heap of the server is looked at after a collection. Exit code 1 if it has grown by 1 MiB or more in
// the last three quarters, if somebody was not answered, or if anything is left over.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';

const SECONDS = Number(process.env.SOAK_SECONDS ?? 1_200);
const CLIENTS = Number(process.env.SOAK_CLIENTS ?? 200);
const SEED = Number(process.env.SOAK_SEED ?? 1);
const ROUND_MS = Math.min(10_000, (SECONDS * 1_000) / 20);
const MIB = 1_048_576;
const SERVER = new URL('../apps/server/dist/index.js', import.meta.url);

/** The servers, in a process of their own: one for each policy that a client can meet. */
const HOUSES = [
  { order: 'strict', clients: 1, quit: 'self', turnTimeoutMs: 20 },
  { order: 'fair', deliver: 'others', quit: 'room', maxOutboxBytes: 262_144 },
  { order: 'free', quit: 'self', maxOutboxBytes: 262_144, transform: (line) => Promise.resolve(line) },
];
const PATIENCE = {
  partialLineTimeoutMs: 400,
  idleTimeoutMs: 2_000,
  outboxTimeoutMs: 500,
  lingerMs: 100,
  graceMs: 500,
  maxErrors: 16,
  port: 0,
};

async function serve() {
  const { createServer } = await import(SERVER.href);
  const servers = HOUSES.map((options) => createServer({ ...PATIENCE, ...options }));
  const addresses = await Promise.all(servers.map((server) => server.listen()));
  process.send({ ports: addresses.map((address) => Number(address.slice(address.lastIndexOf(':') + 1))) });
  process.on('message', ({ ask }) => {
    if (ask === 'end') {
      void Promise.all(servers.map((server) => server.close())).then(() => process.disconnect());
      return;
    }
    const present = servers.reduce(
      (sum, server) => sum + server.load().clients + [...server.status()].length,
      0,
    );
    globalThis.gc();
    globalThis.gc();
    process.send({ present, heap: process.memoryUsage().heapUsed });
  });
}

/** A connection of a client: what it said is counted, and what it got. */
class Client {
  answers = 0;
  ended = false;
  #wake = () => {};

  constructor(port) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
    let partial = '';
    this.socket.on('data', (chunk) => {
      const lines = (partial + chunk.toString('latin1')).split('\n');
      partial = lines.pop();
      for (const line of lines) if (isAnswer(line)) this.answers++;
      this.#wake();
    });
    this.socket.once('end', () => {
      this.ended = true;
      this.socket.end();
    });
    this.socket.once('close', () => {
      this.ended = true;
      this.#wake();
    });
  }

  say(...lines) {
    if (this.socket.writable) this.socket.write(lines.map((line) => `${line}\n`).join(''), 'latin1');
  }

  /** Waits for so many answers in all. False: the connection was over before. */
  async answered(count) {
    while (this.answers < count && !this.ended) await new Promise((resolve) => (this.#wake = resolve));
    return this.answers >= count;
  }
}

function isAnswer(line) {
  return (
    !line.startsWith('* ') || line === '* OK' || /^\* ERR (?:FRAME_|HANDLER|NO_SEAT|MESSAGE_)/.test(line)
  );
}

const results = { visits: 0, lines: 0, unanswered: 0, stoodStill: 0 };

// A process that is stopped, or that gets no time, is silent: the servers are right to give its clients up.
const STILL_MS = 500;
let stillAt = -Infinity;
let tickAt = performance.now();
setInterval(() => {
  const now = performance.now();
  if (now - tickAt > STILL_MS) stillAt = now;
  tickAt = now;
}, STILL_MS / 5).unref();

/** What clients do, and how often. Each leaves the connection closed, or is closed by the server. */
const WAYS = [
  [6, talk],
  [2, flood],
  [1, neverRead],
  [1, drip],
  [1, resetInMidLine],
  [1, beWrong],
  [1, speakHttp],
  [2, wander],
];

/** Says lines and wants every answer, unless its room is closed by another's quit. */
async function talk(client, random, house) {
  const lines = 1 + Math.floor(random() * 40);
  const says = Array.from({ length: lines }, (_, index) => `line ${index} ${'x'.repeat(random() * 200)}`);
  const whole = random() < 0.5;
  const begin = performance.now();
  if (whole) client.say(...says);
  else for (const line of says) client.say(line);
  const isAnswered = await client.answered(lines);
  results.lines += client.answers;
  if (!isAnswered && house.quit !== 'room') {
    await after(STILL_MS);
    results[stillAt >= begin ? 'stoodStill' : 'unanswered'] += lines - client.answers;
  }
  if (random() < 0.3) client.say(random() < 0.5 ? 'quit' : '/quit good bye');
  else if (random() < 0.5) client.socket.end();
  else client.socket.destroy();
}

async function flood(client, random) {
  const lines = Array.from({ length: 2_000 }, () => 'y'.repeat(random() * 100));
  client.say(...lines);
  await client.answered(random() < 0.5 ? 2_000 : 500);
  client.socket.destroy();
}

async function neverRead(client) {
  client.socket.pause();
  const burst = `${'z'.repeat(1_000)}\n`.repeat(64);
  const write = (error) => error || client.ended || client.socket.write(burst, write);
  write();
  await Promise.race([client.closed, after(1_000)]);
  client.socket.destroy();
}

async function drip(client) {
  while (!client.ended) {
    client.socket.write('d');
    await Promise.race([client.closed, after(50)]);
  }
}

async function resetInMidLine(client, random) {
  await client.answered(0);
  client.socket.write(`whole\n${'p'.repeat(1 + random() * 100)}`, () => client.socket.resetAndDestroy());
}

async function beWrong(client) {
  client.say(...Array.from({ length: 20 }, (_, index) => (index % 2 ? '\x07' : 'q'.repeat(2_000))));
}

async function speakHttp(client) {
  client.socket.write('POST / HTTP/1.1\r\nHost: here\r\n\r\nquit\n');
}

async function wander(client, random) {
  client.say(`/name n${Math.floor(random() * 1e6)}`);
  for (let room = 0; room < 5; room++)
    client.say(`/join room-${Math.floor(random() * 50)}`, '/who', 'hello', '/to 1 hello');
  await Promise.race([client.closed, after(random() * 200)]);
  client.socket.destroy();
}

function after(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** One after the other until the round is over. */
async function live(ports, random, until) {
  while (performance.now() < until) {
    const which = Math.floor(random() * ports.length);
    const client = new Client(ports[which]);
    const total = WAYS.reduce((sum, [often]) => sum + often, 0);
    let left = random() * total;
    const [, way] = WAYS.find(([often]) => (left -= often) < 0);
    await way(client, random, HOUSES[which]);
    await client.closed;
    results.visits++;
    // 200 at a time, and not as fast as the machine can: a soak is about time.
    await after(random() * 100);
  }
}

function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];

async function soak() {
  const child = fork(fileURLToPath(import.meta.url), ['server'], {
    execArgv: ['--expose-gc', '--enable-source-maps'],
  });
  const [{ ports }] = await once(child, 'message');
  child.once('exit', (code) => {
    if (code === 0) return;
    process.stderr.write(`The server is gone, with ${code}\n`);
    process.exit(1);
  });
  const ask = async () => {
    const answer = once(child, 'message');
    child.send({ ask: 'heap' });
    return (await answer)[0];
  };
  const samples = [];
  const begin = performance.now();
  for (let round = 0; performance.now() - begin < SECONDS * 1_000; round++) {
    const until = performance.now() + ROUND_MS;
    await Promise.all(
      Array.from({ length: CLIENTS }, (_, slot) =>
        live(ports, mulberry32(SEED + round * 1_000 + slot), until),
      ),
    );
    let seen = await ask();
    for (let look = 0; seen.present > 0 && look < 100; look++) {
      await after(50);
      seen = await ask();
    }
    samples.push({ at: performance.now() - begin, ...seen });
    process.stdout.write(
      `${Math.round((performance.now() - begin) / 1_000)} s: ${results.visits} visits, ${results.lines} lines, heap ${(seen.heap / MIB).toFixed(2)} MiB, left over ${seen.present}\n`,
    );
  }
  child.send({ ask: 'end' });
  const [code] = await once(child, 'exit');
  const window = samples.filter(({ at }) => at >= (SECONDS * 1_000) / 4).map(({ heap }) => heap);
  const some = Math.max(1, Math.floor(window.length / 5));
  const grown = (median(window.slice(-some)) - median(window.slice(0, some))) / MIB;
  const leftOver = Math.max(...samples.map(({ present }) => present));
  if (results.stoodStill > 0) {
    process.stdout.write(`${results.stoodStill} lines were given up while this machine stood still\n`);
  }
  const rows = [
    [
      `heap grown in the last ${Math.round((SECONDS * 3) / 4)} s`,
      `${grown.toFixed(3)} MiB`,
      '< 1',
      grown < 1,
    ],
    ['lines without an answer', results.unanswered, '0', results.unanswered === 0],
    ['clients and rooms left over', leftOver, '0', leftOver === 0],
    ['exit code of the server', code, '0', code === 0],
  ];
  for (const [what, value, asked, ok] of rows) {
    process.stdout.write(
      `${what.padEnd(34)} ${String(value).padEnd(12)} ${asked.padEnd(4)} ${ok ? 'ok' : 'short'}\n`,
    );
  }
  return rows.every(([, , , ok]) => ok) ? 0 : 1;
}

if (process.argv[2] === 'server') await serve();
else if (import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = await soak();
