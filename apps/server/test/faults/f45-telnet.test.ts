import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CTRL_C, CTRL_C_ANSWER, PUTTY, PUTTY_ANSWERS, SIZE } from '../door/telnet.ts';
import { memoryServer, type Peer } from '../peer.ts';
import { figure } from './figure.ts';

const CLIENTS = [
  { name: 'PuTTY', wire: `${PUTTY}hello\r\n`, answers: PUTTY_ANSWERS },
  { name: 'Ctrl-C', wire: `he${CTRL_C}llo\r\n`, answers: CTRL_C_ANSWER },
  { name: 'a window that changes', wire: `${SIZE}hello\r\n${SIZE}`, answers: '' },
];

/** What a client gets, without the words of the server. */
async function served(peer: Peer, wire: string, pieces: readonly number[]): Promise<string> {
  let from = 0;
  for (const cut of [...pieces, wire.length]) {
    peer.duplex.write(wire.slice(from, cut), 'latin1');
    from = cut;
    await new Promise(setImmediate);
  }
  await peer.until(({ raw }) => raw.includes('HELLO\n'));
  peer.say('/ping done');
  await peer.until(({ raw }) => raw.includes('* PONG done\n'));
  await peer.say('/quit').gone();
  return peer.raw.replaceAll(/\* (?:WELCOME|BYE).*\n/g, '');
}

test.each(CLIENTS)(
  'F45: the first line of $name is served, whatever the cut',
  async ({ name, wire, answers }) => {
    let lost = 0;
    const { server, join: enter } = await memoryServer({ order: 'free', joinWith: 'line', quit: 'self' });
    for (let cut = 0; cut < wire.length; cut++) {
      const raw = await served(enter(), wire, cut === 0 ? [] : [cut]);
      // An answer comes before the line, or with what follows it.
      const text = raw.replaceAll(/\xff[\xfb-\xfe][^]/g, '');
      if (text !== 'HELLO\n* PONG done\n') lost++;
      expect({ cut, options: raw.match(/\xff[\xfb-\xfe][^]/g)?.join('') ?? '' }).toEqual({
        cut,
        options: answers,
      });
    }
    expect(lost).toBe(0);
    expect(server.counts.telnetCommands).toBeGreaterThan(0);
    expect(server.counts.malformed).toBe(0);
    figure({ id: 'F45', what: `first lines lost, ${name}`, value: lost, unit: '', atMost: 0 });
  },
);

/** The answers of the gate and of the session behind it may come in either order. */
const sorted = (bytes: string): string => bytes.split('').toSorted().join('');

test('F45: PuTTY shows its token, and goes on, whatever the cut', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'proto-f45-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'the token of the test', { mode: 0o600 });
  const server = await memoryServer({ order: 'free', quit: 'self', tokenFile });
  const wire = `${PUTTY}/auth the token of the test\r\n${CTRL_C}hello\r\n`;
  for (let cut = 0; cut < wire.length; cut++) {
    const raw = await served(server.join(), wire, [cut]);
    expect([cut, sorted(raw.replace(/HELLO\n\* PONG done\n/, ''))]).toEqual([
      cut,
      sorted(PUTTY_ANSWERS + CTRL_C_ANSWER),
    ]);
  }
});

test('F45: commands without end are cut off like a line without end', async () => {
  const { server, join: enter } = await memoryServer({ order: 'free' });
  const peer = enter();
  for (let sent = 0; sent < 20 && !peer.ended; sent++) {
    peer.duplex.write('\xff\xf1'.repeat(32_768), 'latin1');
    await new Promise(setImmediate);
  }
  await peer.line(/LINE_ENDLESS/);
  expect(server.counts.telnetCommands).toBeGreaterThan(500_000);
});
