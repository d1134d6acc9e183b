import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Client } from './client.ts';
import { start } from './command.ts';

const FAILED = '* ERR HANDLER Cannot answer: the handler failed';
const RETURNED = '* ERR HANDLER Cannot answer: the handler returned';

/** Each makes something else of `bad`, and small letters of any other line. */
const MODULES = [
  { name: 'is synchronous', bad: `return 'sync'`, answer: 'sync' },
  { name: 'is asynchronous', bad: `return Promise.resolve('later')`, answer: 'later' },
  { name: 'has nothing to say', bad: 'return undefined', answer: '* OK' },
  { name: 'begins its reply with a star', bad: `return '* BYE'`, answer: '** BYE' },
  { name: 'throws', bad: `throw new Error('of no concern')`, answer: FAILED, shown: 'Error: of no concern' },
  { name: 'throws nothing', bad: 'throw undefined', answer: FAILED, shown: 'undefined' },
  {
    name: 'rejects',
    bad: `return Promise.reject(new Error('of no concern'))`,
    answer: FAILED,
    shown: 'Error: of no concern',
  },
  {
    name: 'returns a LF',
    bad: String.raw`return 'a\nquit'`,
    answer: `${RETURNED} a line with byte 0x0a at 1`,
    shown: 'RangeError: Cannot answer: the handler returned a line with byte 0x0a at 1',
  },
  {
    name: 'promises an ESC',
    bad: String.raw`return Promise.resolve('a\u001b[2J')`,
    answer: `${RETURNED} a line with byte 0x1b at 1`,
    shown: 'RangeError: Cannot answer: the handler returned a line with byte 0x1b at 1',
  },
  {
    name: 'returns more than a line may hold',
    bad: `return 'x'.repeat(1025)`,
    answer: `${RETURNED} a line of 1025 bytes, longer than 1024`,
    shown: 'RangeError: Cannot answer: the handler returned a line of 1025 bytes, longer than 1024',
  },
  {
    name: 'returns a number',
    bad: 'return 7',
    answer: FAILED,
    shown: 'TypeError: Cannot answer: the handler returned number, expected a string',
  },
  {
    name: 'returns null',
    bad: 'return null',
    answer: FAILED,
    shown: 'TypeError: Cannot answer: the handler returned null, expected a string',
  },
  {
    name: 'takes too long',
    bad: 'return new Promise(() => {})',
    answer: '* ERR HANDLER Cannot answer: the handler took more than 50 ms',
    shown: 'Error: Cannot answer: the handler took more than 50 ms',
  },
];

describe('a transform module', () => {
  const folder = mkdtempSync(join(tmpdir(), 'proto-server-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(MODULES)(
    '--transform: one that $name is answered, and so is the next line',
    async ({ name, ...module }) => {
      const file = join(folder, `${name.replaceAll(' ', '-')}.mjs`);
      writeFileSync(
        file,
        `export default (line) => { if (line === 'bad') { ${module.bad} } return line.toLowerCase(); };`,
      );
      const { child, port } = await start(
        '--clients',
        '1',
        '--handler-timeout-ms',
        '50',
        '--log-text',
        'on',
        '--transform',
        file,
      );
      const client = await Client.in(port);
      client.say('BEFORE', 'bad', 'AFTER');
      await client.line('after');
      await child.line('client 1 < after');
      const answers = client.lines.filter((line) => !/^\* (WELCOME|TURN)/.test(line));
      expect(answers).toEqual(['before', module.answer, 'after']);
      const shown = child.lines.filter((line) => line.startsWith('client 1 ! handler: '));
      expect(shown).toEqual(module.shown === undefined ? [] : [`client 1 ! handler: ${module.shown}`]);
      expect(child.stderr).toBe('');
    },
  );

  test('--transform: a module is told who said the line', async () => {
    const file = join(folder, 'from.mjs');
    writeFileSync(file, 'export default (line, { seat, name, room }) => `${seat} ${name} ${room} ${line}`;');
    const { port } = await start('--clients', '1', '--transform', file);
    const client = await Client.in(port);
    client.say('one', '/name ann', '/join den', 'two');
    await client.line('1 ann den two');
    expect(client.lines).toContain('1 - main one');
  });
});
