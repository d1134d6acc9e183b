import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Telnet } from '../../src/door/telnet.ts';
import { memoryServer, type Peer } from '../peer.ts';
import { figure } from './figure.ts';

/** What PuTTY sends as soon as it is connected: seven options. Source: `telnet.c` of PuTTY 0.83, its list of options. */
const PUTTY = '\xff\xfb\x1f\xff\xfb\x20\xff\xfb\x18\xff\xfb\x27\xff\xfd\x01\xff\xfb\x03\xff\xfd\x03';
const PUTTY_ANSWERS = '\xff\xfe\x1f\xff\xfe\x20\xff\xfe\x18\xff\xfe\x27\xff\xfc\x01\xff\xfe\x03\xff\xfc\x03';
/** What telnet sends for Ctrl-C: interrupt process, and the question up to where output is to be thrown away. */
const CTRL_C = '\xff\xf4\xff\xfd\x06';
const CTRL_C_ANSWER = '\xff\xfc\x06';
/** The size of a window, with a line feed and a doubled 0xFF in it. */
const SIZE = '\xff\xfa\x1f\x00\x0a\xff\xff\xff\xf0';

/** What is left, and what is answered, if it comes in these pieces. */
function taken(...pieces: string[]): { rest: string; replies: string; commands: number } {
  const telnet = new Telnet();
  const rest = pieces.map((piece) => telnet.read(Buffer.from(piece, 'latin1')).toString('latin1')).join('');
  return { rest, replies: telnet.takeReplies(), commands: telnet.takeCommands() };
}

describe('Telnet', () => {
  test.each([
    { name: 'text', wire: 'abc', rest: 'abc', replies: '', commands: 0 },
    { name: 'the options of PuTTY', wire: `${PUTTY}abc`, rest: 'abc', replies: PUTTY_ANSWERS, commands: 7 },
    { name: 'Ctrl-C in a line', wire: `a${CTRL_C}b`, rest: 'ab', replies: CTRL_C_ANSWER, commands: 2 },
    { name: 'a window', wire: `a${SIZE}b`, rest: 'ab', replies: '', commands: 1 },
    {
      name: 'refusals, which need no answer',
      wire: '\xff\xfc\x01\xff\xfe\x03',
      rest: '',
      replies: '',
      commands: 2,
    },
    { name: 'a doubled 0xFF', wire: 'a\xff\xffb', rest: 'a\xffb', replies: '', commands: 0 },
    { name: '0xFF before text', wire: 'a\xffb', rest: 'a\xffb', replies: '', commands: 0 },
    { name: '0xFF before a line feed', wire: '\xff\nb', rest: '\xff\nb', replies: '', commands: 0 },
  ])('Telnet: $name, at every cut', ({ wire, rest, replies, commands }) => {
    const want = { rest, replies, commands };
    expect(taken(wire)).toEqual(want);
    expect(taken(...wire.split(''))).toEqual(want);
    for (let cut = 1; cut < wire.length; cut++)
      expect(taken(wire.slice(0, cut), wire.slice(cut))).toEqual(want);
  });

  test('Telnet: another one goes on from what is at hand, at every cut', () => {
    const wire = `a${PUTTY}b${SIZE}${CTRL_C}c`;
    for (let cut = 0; cut <= wire.length; cut++) {
      const [first, second] = [new Telnet(), new Telnet()];
      const rest = [first.read(Buffer.from(wire.slice(0, cut), 'latin1'))];
      rest.push(second.read(Buffer.concat([first.held, Buffer.from(wire.slice(cut), 'latin1')])));
      expect(Buffer.concat(rest).toString('latin1')).toBe('abc');
    }
  });
});

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
