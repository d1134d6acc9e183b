import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Framing, lines } from '../../src/index.ts';
import { presets } from '../../src/presets/index.ts';
import { frames } from '../../src/node/index.ts';
import { dial, directory, freePort, isInstalled, serve } from './peer.ts';

const COUNT = 1000;
const irc: Framing = lines(presets.irc);
const text = (from: string, index: number): string => `${from} says ${index} ${'é'.repeat(index % 40)}.`;

/** Registers, waits for the other, talks to it, and returns what the other said. */
async function talk(port: number, nick: string, other: string): Promise<string[]> {
  const socket = await dial(port);
  send(socket, `NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
  const heard: string[] = [];
  for await (const frame of frames(socket, irc)) {
    if (typeof frame !== 'string') throw new Error(`Cannot talk to the server: ${frame.code}`);
    const [, , command, rest = ''] = /^(:\S+ )?(\S+) (.*)$/.exec(frame) ?? [];
    if (command === 'PING') send(socket, `PONG ${rest}`);
    // Whoever comes second to the channel sees the first in it, and the first sees the second come.
    if (command === '001') send(socket, 'JOIN #codec');
    const both =
      (command === '353' && rest.includes(other)) || (command === 'JOIN' && frame.startsWith(`:${other}!`));
    if (both)
      for (let index = 0; index < COUNT; index++) send(socket, `PRIVMSG ${other} :${text(nick, index)}`);
    if (command === 'PRIVMSG') heard.push(rest.slice(rest.indexOf(':') + 1));
    if (heard.length === COUNT) break;
  }
  return heard;
}

function send(socket: Socket, ...messages: readonly string[]): void {
  for (const message of messages) socket.write(irc.encode(message));
}

test.runIf(isInstalled('ngircd', ['--version'], 'ngircd'))(
  'ngircd: two users message each other',
  { timeout: 60_000 },
  async () => {
    const port = await freePort();
    const config = join(directory(), 'ngircd.conf');
    writeFileSync(
      config,
      [
        `[Global]\nName = irc.example.net\nInfo = test\nListen = 127.0.0.1\nPorts = ${port}\nMotdPhrase = hello`,
        '[Limits]\nMaxPenaltyTime = 0\nMaxConnectionsIP = 0',
        '[Options]\nPAM = no\nIdent = no\nDNS = no\n',
      ].join('\n'),
    );
    serve('ngircd', ['--nodaemon', '--config', config]);
    const [ann, bob] = await Promise.all([talk(port, 'ann', 'bob'), talk(port, 'bob', 'ann')]);
    expect(bob).toEqual(Array.from({ length: COUNT }, (_, index) => text('ann', index)));
    expect(ann).toEqual(Array.from({ length: COUNT }, (_, index) => text('bob', index)));
  },
);
