import { expect, test } from 'vitest';
import { lines } from '../../src/index.ts';
import { frames } from '../../src/node/index.ts';
import { unwire, wire } from '../wire.ts';
import { dial, freePort, isInstalled, serve } from './peer.ts';

const COUNT = 1500;
const payload = (index: number): string => `MSG ${index}\r\n${'\r\n'.repeat(index % 5)}\x00\xff`;

test.runIf(isInstalled('nats-server', ['--version'], 'nats-server'))(
  'nats-server: PUB out, MSG in with counted payloads',
  { timeout: 30_000 },
  async () => {
    const port = await freePort();
    serve('nats-server', ['-a', '127.0.0.1', '-p', `${port}`]);
    const socket = await dial(port);
    const framing = lines({ terminator: 'crlf', charset: 'utf8', maxFrameBytes: 4096 });
    const decoder = framing.decoder<Uint8Array>();
    const payloads: string[] = [];
    const others = new Set<unknown>();
    for await (const frame of frames(socket, decoder)) {
      if (frame instanceof Uint8Array) payloads.push(unwire(frame));
      else if (typeof frame !== 'string') others.add(frame);
      else if (frame.startsWith('INFO ')) {
        socket.write(framing.encode('CONNECT {"verbose":false}'));
        socket.write(framing.encode('SUB codec 1'));
        for (let index = 0; index < COUNT; index++) {
          const bytes = wire(payload(index));
          socket.write(framing.encode(`PUB codec ${bytes.length}`));
          socket.write(bytes);
          socket.write('\r\n');
        }
      } else if (frame.startsWith('MSG codec 1 ')) decoder.take(Number(frame.split(' ')[3]));
      else if (frame === 'PING') socket.write(framing.encode('PONG'));
      else others.add(frame);
      if (payloads.length === COUNT) break;
    }
    // The rest of the last line of a payload is empty.
    expect([...others]).toEqual(['']);
    expect(payloads).toEqual(Array.from({ length: COUNT }, (_, index) => payload(index)));
  },
);
