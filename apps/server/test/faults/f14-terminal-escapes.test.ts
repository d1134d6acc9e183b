import { once } from 'node:events';
import { expect, test } from 'vitest';
import { logJson, showOnConsole } from '../../src/observe/index.ts';
import type { Peer } from '../peer.ts';
import { memoryServer } from '../peer.ts';
import { figure } from './figure.ts';

/** What moves a cursor, writes a title or a clipboard, or overwrites what stands there. One code unit a byte. */
const ESCAPES = [
  '\x1b[2J\x1b[H',
  '\x1b[31mred',
  '\x1b]0;title\x07',
  '\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\',
  '\x1b]52;c;aGVsbG8=\x07',
  '\x1bPq#0;2;0;0;0\x1b\\',
  '\x9b2J',
  '\x9d0;title\x9c',
  '\x90q\x9c',
  'bell\x07',
  'pass\x08\x08\x08\x08word',
  'over\rwritten',
  '\x1bc',
  '\x0e\x0f',
  '\x7f\x7f',
  '\x85next\xe2\x80\xa8line\xe2\x80\xae',
  '\0',
];

/** Wherever a client's words can go. */
const PLACES: readonly ((escape: string) => string)[] = [
  (escape) => escape,
  (escape) => `before ${escape} after`,
  (escape) => `/name x${escape}`,
  (escape) => `/join r${escape}`,
  (escape) => `/to 1 ${escape}`,
  (escape) => `/to ${escape} text`,
  (escape) => `/ping ${escape}`,
  (escape) => `/${escape}`,
  (escape) => `//${escape}`,
  (escape) => `*${escape}`,
];

const strays = (text: string): number => [...text.matchAll(/[^\x20-\x7e\n]/g)].length;

async function say(peer: Peer, lines: readonly string[]): Promise<void> {
  for (const [index, line] of lines.entries()) {
    await peer.say(line, `/ping ${index}`).line(`* PONG ${index}`);
  }
}

test.each([{ deliver: 'all' as const }, { deliver: 'sender' as const }])(
  'F14: terminal escapes, deliver $deliver: none reaches a peer, the console or a log',
  async ({ deliver }) => {
    const { server, join } = await memoryServer({
      order: 'free',
      deliver,
      maxErrors: 1_000_000,
      quit: 'self',
      // A handler of yours may have said what it was given, and more.
      transform: (line) => {
        if (line.startsWith('throw')) throw new Error(`bad line \x1b[2J\x9b${line}`);
        return line === 'return' ? '\x1b]0;title\x07' : line;
      },
    });
    const shown: Record<string, string> = { console: '', log: '', 'log with text': '' };
    const into = (name: string) => (line: string) => {
      shown[name] += `${line}\n`;
    };
    const stop = showOnConsole(server, { write: into('console'), colour: false });
    logJson(server, { write: into('log'), text: false });
    logJson(server, { write: into('log with text'), text: true });
    const [hostile, other] = [join(), join()];
    await other.line(/^\* WELCOME 2/);
    const lines = [...ESCAPES.flatMap((escape) => PLACES.map((place) => place(escape))), 'throw', 'return'];
    await say(hostile, lines);
    const left = once(server, 'leave');
    for (const escape of ESCAPES) hostile.duplex.write(`/quit ${escape}\n`, 'latin1');
    hostile.say('/quit');
    await left;
    await other.line(/^\* LEAVE 1/);
    stop();
    const found = {
      ...Object.fromEntries(Object.entries(shown).map(([name, text]) => [name, strays(text)])),
      'the sender': strays(hostile.raw),
      'a peer': strays(other.raw),
    };
    expect(found).toEqual({ console: 0, log: 0, 'log with text': 0, 'the sender': 0, 'a peer': 0 });
    // The corpus was there, and the good lines were let through.
    expect(shown['console']).toContain(String.raw`bad line \x1b[2J\x9bthrow`);
    expect(hostile.lines.filter((line) => line.startsWith('* ERR FRAME_')).length).toBeGreaterThan(
      ESCAPES.length * PLACES.length * 0.9,
    );
    const sum = Object.values(found).reduce((all, some) => all + some, 0);
    figure({ id: 'F14', what: `bytes of escapes let out, ${deliver}`, value: sum, unit: 'bytes', atMost: 0 });
  },
);

test('F14: a name and a reason are shown as they are only because they can hold nothing else', async () => {
  const { server, join } = await memoryServer({ order: 'free', quit: 'self', maxErrors: 1_000 });
  let shown = '';
  const stop = showOnConsole(server, { write: (line) => (shown += line), colour: false });
  const [named, other] = [join(), join()];
  await other.line(/^\* WELCOME 2/);
  await say(
    named,
    ESCAPES.map((escape) => `/name n${escape}`),
  );
  const left = once(server, 'leave');
  named.say('/quit tabs\tare content');
  await left;
  stop();
  expect(shown).toContain(String.raw`tabs\tare content`);
  expect(other.lines.filter((line) => line.startsWith('* NAME'))).toEqual([]);
});
