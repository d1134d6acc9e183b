import { once } from 'node:events';
import { createServer } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** A registry on this machine that passes the public one on, each answer at a given speed. */
export interface SlowRegistry {
  readonly url: string;
  close(): Promise<void>;
}

/** Units: `bytesPerSecond` of one answer. */
export async function slowRegistry(bytesPerSecond: number): Promise<SlowRegistry> {
  const server = createServer((asked, answer) => {
    const { host: _, ...headers } = asked.headers;
    const options = { host: 'registry.npmjs.org', path: asked.url, method: asked.method, headers };
    const passed = request(options, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      Readable.from(throttled(got, bytesPerSecond)).pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Passes each piece on when it is due. */
async function* throttled(pieces: AsyncIterable<Buffer>, bytesPerSecond: number): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    await delay((1000 * piece.length) / bytesPerSecond);
    yield piece;
  }
}
