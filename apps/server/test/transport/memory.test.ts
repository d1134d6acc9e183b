import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate as passOfTheLoop } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Connection, createServer, type Listener, MemoryListener } from '../../src/index.ts';
import { memoryServer } from '../peer.ts';

/** What is written arrives in the middle of the write. */
class AtOnce implements Listener {
  #onConnection!: (connection: Connection) => void;

  listen(onConnection: (connection: Connection) => void): Promise<string> {
    this.#onConnection = onConnection;
    return Promise.resolve('at once');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  connect(): Duplex {
    const [near, far] = duplexPair();
    this.#onConnection({ duplex: far, host: 'at once', address: 'at once' });
    return near;
  }
}

test.each([
  ['in memory', new MemoryListener()],
  ['whose writes arrive at once', new AtOnce()],
])(
  'server: over a transport %s, a client that quits in its listener gets its goodbye',
  async (_, listener) => {
    const server = createServer({ order: 'free' }, listener);
    await server.listen();
    const client = listener.connect();
    let got = '';
    client.on('data', (chunk: Buffer) => {
      const isAnswer = !got.includes('HELLO');
      got += chunk.toString('latin1');
      if (isAnswer && got.includes('HELLO')) client.write('quit\n');
    });
    client.on('end', () => client.end());
    client.write('hello\n');
    const { clean } = await server.closed;
    expect([got, clean.length]).toEqual(['* WELCOME 1 1 main 1\nHELLO\n* QUIT 1 quit\n* BYE quit\n', 1]);
  },
);

test('MemoryListener: what a client says in its listener comes behind the rest of what it was told', async () => {
  const { join } = await memoryServer({ order: 'free', deliver: 'others' });
  const [hasty, other, sender] = [join(), join(), join()];
  await other.line(/^\* JOIN 3/);
  hasty.duplex.once('data', () => hasty.say('/to 2 after that'));
  // So many bytes are written before the pass ends.
  sender.say(...Array.from({ length: 64 }, (_, line) => `${line} ${'x'.repeat(1_000)}`));
  await other.line('* MSG 1 AFTER THAT');
  expect(other.lines.filter((line) => line.startsWith('* MSG')).indexOf('* MSG 1 AFTER THAT')).toBe(64);
});

test('MemoryListener: bytes arrive in order, no faster than they are read, and the end behind them', async () => {
  const listener = new MemoryListener();
  const accepted: Duplex[] = [];
  await listener.listen(({ duplex }) => void accepted.push(duplex));
  const near = listener.connect();
  const far = accepted[0]!;
  const writes = Array.from({ length: 200 }, (_, write) => String(write).padStart(1_000));
  for (const each of writes) near.write(each);
  near.end('last');
  await passOfTheLoop();
  expect(far.readableLength).toBeLessThanOrEqual(far.readableHighWaterMark + 1_000);
  expect(await text(far.setEncoding('latin1'))).toBe(`${writes.join('')}last`);
});

test('MemoryListener: a client that has ended its stream can read its goodbye later', async () => {
  const listener = new MemoryListener();
  await using server = createServer({ order: 'free' }, listener);
  await server.listen();
  const client = listener.connect();
  client.end('hello\n');
  await once(server, 'leave');
  for (let pass = 0; pass < 8; pass++) await passOfTheLoop();
  expect(await text(client)).toMatch(/HELLO\n\* BYE end of input\n$/);
});
