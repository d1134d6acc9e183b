import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { duplexPair, type Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Certificates } from '../certificates.ts';
import { isPlug, startReading, stopReading } from '../../src/transport/reading.ts';

const CHUNK = 65_536;

/** Both ends of a connection: the one that is stopped, and the other. */
const CONNECTIONS: Readonly<Record<string, () => Promise<readonly [Duplex, Duplex]>>> = {
  TCP: async () => {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const far = connect(port, '127.0.0.1');
    const [near] = (await once(server, 'connection')) as [Socket];
    return [near, far];
  },
  TLS: async () => {
    const { cert, key } = new Certificates().server;
    const server = createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) }).listen(
      0,
      '127.0.0.1',
    );
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const far = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    const [near] = (await once(server, 'secureConnection')) as [Socket];
    return [near, far];
  },
  memory: () => Promise.resolve(duplexPair()),
};

/** Everything that an end has read, without what was put there. */
function readBy(duplex: Duplex): { bytes: number; isEnded: boolean; onData: () => void } {
  const seen = { bytes: 0, isEnded: false, onData: (): void => {} };
  duplex.on('data', (chunk: Buffer) => {
    if (isPlug(chunk)) return;
    seen.bytes += chunk.length;
    seen.onData();
  });
  duplex.on('end', () => {
    seen.isEnded = true;
  });
  return seen;
}

async function passes(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}

test.each(Object.keys(CONNECTIONS))(
  'reading: stopped in the middle of a flood, %s reads nothing more; started again, all of it',
  async (kind) => {
    const [near, far] = await CONNECTIONS[kind]!();
    onTestFinished(() => {
      for (const end of [near, far]) end.destroy();
    });
    const seen = readBy(near);
    let atStop = 0;
    seen.onData = () => {
      if (atStop > 0) return;
      atStop = seen.bytes;
      stopReading(near);
    };
    far.end(Buffer.alloc(20 * CHUNK, 'x'));
    await passes(() => atStop > 0);
    for (let pass = 0; pass < 20; pass++) await setImmediate();
    expect(seen.bytes).toBe(atStop);
    // TLS gives what it has deciphered.
    if (kind === 'TLS') expect(near.readableLength).toBeLessThan(2 * CHUNK);
    else expect(near.readableLength).toBe(CHUNK);
    startReading(near);
    await passes(() => seen.isEnded);
    expect(seen.bytes).toBe(20 * CHUNK);
  },
);

test.each(['TCP', 'TLS'])(
  'reading: stopped before anything comes, %s reads nothing, however often it is stopped and started',
  async (kind) => {
    const [near, far] = await CONNECTIONS[kind]!();
    onTestFinished(() => {
      for (const end of [near, far]) end.destroy();
    });
    const seen = readBy(near);
    for (let time = 0; time < 3; time++) {
      stopReading(near);
      startReading(near);
    }
    await setImmediate();
    stopReading(near);
    stopReading(near);
    far.end(Buffer.alloc(20 * CHUNK, 'x'));
    for (let pass = 0; pass < 20; pass++) await setImmediate();
    expect([seen.bytes, near.readableLength]).toEqual([0, CHUNK]);
    startReading(near);
    await passes(() => seen.isEnded);
    expect(seen.bytes).toBe(20 * CHUNK);
  },
);
