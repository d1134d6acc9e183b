import { expect, test } from 'vitest';
import { lines } from '../../src/index.ts';
import { presets } from '../../src/presets/index.ts';
import { frames } from '../../src/node/index.ts';
import { unwire } from '../wire.ts';
import { dial, directory, freePort, isInstalled, serve } from './peer.ts';

const COUNT = 1500;
const value = (index: number): string => `${index}\r\n${'\n\r'.repeat(index % 7)}$${index}\r\n`;

test.runIf(isInstalled('redis-server', ['--version'], 'redis-server'))(
  'redis-server: inline commands out, bulk replies in by lines and take',
  { timeout: 30_000 },
  async () => {
    const port = await freePort();
    serve('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', directory()]);
    const socket = await dial(port);
    const framing = lines(presets.redisInline);
    for (let index = 0; index < COUNT; index++) {
      const escaped = value(index)
        .replaceAll('\r', String.raw`\r`)
        .replaceAll('\n', String.raw`\n`);
      socket.write(framing.encode(`SET k${index} "${escaped}"`));
      socket.write(framing.encode(`GET k${index}`));
    }
    const decoder = framing.decoder<Uint8Array>();
    const values: string[] = [];
    const others = new Set<unknown>();
    for await (const frame of frames(socket, decoder)) {
      if (typeof frame === 'string' && frame.startsWith('$')) decoder.take(Number(frame.slice(1)));
      else if (frame instanceof Uint8Array) values.push(unwire(frame));
      else others.add(frame);
      if (values.length === COUNT) break;
    }
    // Of a SET the answer is +OK, of a value the rest of its last line is empty.
    expect(others).toEqual(new Set(['+OK', '']));
    expect(values).toEqual(Array.from({ length: COUNT }, (_, index) => value(index)));
  },
);
