import { expect, test } from 'vitest';
import { lengthPrefixed } from '../../src/length-prefixed/index.ts';
import { frames } from '../../src/node/index.ts';
import { dial, freePort, isInstalled, serve } from './peer.ts';

const COUNT = 1000;
const TXT = 16;
const text = (index: number): string => `${index} ${'x'.repeat((index * 7) % 240)}`;
/** A name for each length of an answer. */
const name = (index: number): string => `n${index % 100}.codec.example`;

/** A question for TXT records (RFC 1035, 4.1). */
function question(id: number, of: string): Buffer {
  const labels = of.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.from([id >> 8, id & 0xff, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, TXT, 0, 1]);
}

test.runIf(isInstalled('dnsmasq', ['--version'], 'dnsmasq-base'))(
  'dnsmasq: questions out, answers in, over TCP',
  { timeout: 30_000 },
  async () => {
    const port = await freePort();
    const records = Array.from({ length: 100 }, (_, index) => `--txt-record=${name(index)},${text(index)}`);
    const own = ['--listen-address=127.0.0.1', '--bind-interfaces', `--port=${port}`, '--user=', '--group='];
    const files = ['--conf-file=/dev/null', '--pid-file=', '--no-resolv', '--no-hosts'];
    serve('dnsmasq', ['--keep-in-foreground', ...own, ...files, ...records]);
    const framing = lengthPrefixed({ length: 'u16' });
    const got: string[] = [];
    // It closes a connection after 100 questions.
    for (let first = 0; first < COUNT; first += 100) {
      const socket = await dial(port);
      for (let id = first; id < first + 100; id++) socket.write(framing.encode(question(id, name(id))));
      for await (const frame of frames(socket, framing)) {
        if (!(frame instanceof Uint8Array)) throw new Error(`Cannot talk to the server: ${frame.code}`);
        const answer = Buffer.from(frame);
        const id = answer.readUInt16BE(0);
        // After the question: a pointer to the name, type, class, time to live, length, and the text with its own length.
        const at = question(id, name(id)).length + 12;
        got[id] = answer.toString('latin1', at + 1, at + 1 + answer[at]!);
        if (Object.keys(got).length === first + 100) break;
      }
      socket.end();
    }
    expect(got).toEqual(Array.from({ length: COUNT }, (_, index) => text(index % 100)));
  },
);
