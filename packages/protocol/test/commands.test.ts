import { describe, expect, test } from 'vitest';
import { COMMANDS, type Command, formatReply, isPlainMessage, type Message, parse } from '../src/index.ts';

const message = (text: string, to?: string): Message => ({
  kind: 'message',
  text,
  ...(to !== undefined && { to }),
});
const command = (verb: Command['verb'], rest: object = {}): object => ({ kind: 'command', verb, ...rest });

const table: { line: string; want: object }[] = [
  { line: '', want: message('') },
  { line: 'hello', want: message('hello') },
  { line: ' quit', want: message(' quit') },
  { line: 'quit ', want: message('quit ') },
  { line: '/Room', want: command('room') },
  { line: 'quits', want: message('quits') },
  { line: '* BYE', want: message('* BYE') },
  { line: '//', want: message('/') },
  { line: '//quit', want: message('/quit') },
  { line: '/to 2 hi', want: message('hi', '2') },
  { line: '/TO 2 hi', want: message('hi', '2') },
  { line: '/to bob  two  spaces ', want: message(' two  spaces ', 'bob') },
  { line: '/to 2 ', want: message('', '2') },
  { line: 'quit', want: command('quit', { reason: 'quit' }) },
  { line: 'QuIt', want: command('quit', { reason: 'quit' }) },
  { line: '/quit', want: command('quit', { reason: 'quit' }) },
  { line: '/quit so long', want: command('quit', { reason: 'so long' }) },
  { line: '/pass', want: command('pass') },
  { line: '/who', want: command('who') },
  { line: '/help', want: command('help') },
  { line: '/ping', want: command('ping', { text: '' }) },
  { line: '/ping  a b ', want: command('ping', { text: ' a b ' }) },
  { line: '/name Bob_1-x', want: command('name', { name: 'Bob_1-x' }) },
  { line: `/name ${'a'.repeat(32)}`, want: command('name', { name: 'a'.repeat(32) }) },
  { line: '/join __proto__', want: command('join', { room: '__proto__' }) },
  { line: `/join ${'9'.repeat(32)}`, want: command('join', { room: '9'.repeat(32) }) },
];

describe('parse', () => {
  test.each(table)('parse: reads $line', ({ line, want }) => {
    expect(parse(line)).toEqual(want);
  });

  test.each([
    { line: '/', code: 'UNKNOWN_COMMAND' },
    { line: '/ quit', code: 'UNKNOWN_COMMAND' },
    { line: '/quits', code: 'UNKNOWN_COMMAND' },
    { line: '/constructor', code: 'UNKNOWN_COMMAND' },
    { line: `/${'x'.repeat(1000)}`, code: 'UNKNOWN_COMMAND' },
    { line: '/to', code: 'MESSAGE_MALFORMED' },
    { line: '/to 2', code: 'MESSAGE_MALFORMED' },
    { line: '/to  2 hi', code: 'MESSAGE_MALFORMED' },
    { line: '/name', code: 'BAD_ARGUMENT' },
    { line: '/name 2', code: 'BAD_ARGUMENT' },
    { line: '/name a b', code: 'BAD_ARGUMENT' },
    { line: `/name ${'a'.repeat(33)}`, code: 'BAD_ARGUMENT' },
    { line: '/join', code: 'BAD_ARGUMENT' },
    { line: '/join Main', code: 'BAD_ARGUMENT' },
    { line: `/join ${'9'.repeat(33)}`, code: 'BAD_ARGUMENT' },
  ])('parse: refuses $line with $code and a text that fits', ({ line, code }) => {
    const refusal = parse(line);
    expect(refusal).toMatchObject({ kind: 'refusal', code, text: expect.stringMatching(/^Cannot /) });
    expect(`* ERR ${code} ${'text' in refusal ? refusal.text : ''}`.length).toBeLessThanOrEqual(128);
  });

  test.each([
    ['/whoo', 'Cannot run "/whoo": no such command. Did you mean /who? See /help, or send //text'],
    ['/Qiut now', 'Cannot run "/Qiut": no such command. Did you mean /quit? See /help, or send //text'],
    ['/nope', 'Cannot run "/nope": no such command. See /help, or send //text'],
    ['/auth:secret', 'Cannot run "/auth": no such command. See /help, or send //text'],
  ])('parse: says of %s what was meant, if anything is likely', (line, text) => {
    expect(parse(line)).toEqual({ kind: 'refusal', code: 'UNKNOWN_COMMAND', text });
  });

  test('COMMANDS: each row is a verb that parse knows', () => {
    for (const { verb } of COMMANDS) {
      expect(parse(`/${verb} 2 x`)).not.toMatchObject({ code: 'UNKNOWN_COMMAND' });
    }
  });
});

test('isPlainMessage: is true of what parse and formatReply leave as it is, and of nothing else', () => {
  const lines = [...table.map(({ line }) => line), '*', '/', 'QUIT', 'quiz', '\tquit', 'x * y', 'a/b'];
  const isPlain = lines.map((line) => {
    const parsed = parse(line);
    return parsed.kind === 'message' && parsed.text === line && formatReply(line) === line;
  });
  expect(lines.map((line) => isPlainMessage(line, 0, line.length))).toEqual(isPlain);
  const text = lines.map((line) => `${line}\n`).join('');
  const ends = [...text.matchAll(/\n/g)].map(({ index }) => index);
  expect(ends.map((end, at) => isPlainMessage(text, at === 0 ? 0 : ends[at - 1]! + 1, end))).toEqual(isPlain);
});
