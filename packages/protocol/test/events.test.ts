import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  COMMANDS,
  type Event,
  EVENT_OVERHEAD_BYTES,
  EVENT_VERBS,
  formatEvent,
  formatReply,
  parseServerLine,
  TOLD_TURNS,
} from '../src/index.ts';

const number = fc.nat();
const word = fc.stringMatching(/^[!-~]{1,40}$/);
const text = fc.stringMatching(/^[\t -~]{0,64}$/);
const shapes: Record<Event['verb'], Record<string, fc.Arbitrary<unknown>>> = {
  WELCOME: { seat: number, clients: number, room: word, version: number },
  HERE: { seat: number, name: word, address: word, queued: number },
  OK: {},
  JOIN: { seat: number, name: word, address: word },
  LEAVE: { seat: number, reason: text },
  WAIT: { have: number, want: number },
  TURN: { seat: number },
  TURNS: { first: number, last: number, seats: fc.array(number, { minLength: 1, maxLength: TOLD_TURNS }) },
  MSG: { seat: number, text },
  SAY: { text },
  SKIP: { seat: number, reason: text },
  WHO: { seat: number, name: word, address: word, queued: number },
  END: { listed: number, present: number },
  ROOM: { room: word, order: word, quit: word, have: number, want: number, waiting: number },
  PONG: { text },
  HELP: { text },
  NAME: { seat: number, name: word },
  ERR: { code: word, text },
  QUIT: { seat: fc.option(number, { nil: undefined }), reason: text },
  BYE: { reason: text },
};
const event = fc.oneof(
  ...Object.entries(shapes).map(([verb, shape]) => fc.record({ verb: fc.constant(verb), ...shape })),
) as unknown as fc.Arbitrary<Event>;

describe('events', () => {
  test.each([
    {
      event: { verb: 'WELCOME', seat: 2, clients: 3, room: 'main', version: 1 },
      line: '* WELCOME 2 3 main 1',
    },
    { event: { verb: 'OK' }, line: '* OK' },
    { event: { verb: 'TURNS', first: 3, last: 5, seats: [2, 3, 1] }, line: '* TURNS 3 5 2,3,1' },
    {
      event: { verb: 'ROOM', room: 'main', order: 'strict', quit: 'all', have: 2, want: 3, waiting: 0 },
      line: '* ROOM main strict all 2 3 0',
    },
    { event: { verb: 'MSG', seat: 1, text: ' a  b ' }, line: '* MSG 1  a  b ' },
    { event: { verb: 'MSG', seat: 1, text: '' }, line: '* MSG 1 ' },
    { event: { verb: 'END', listed: 2, present: 3 }, line: '* END 2 of 3' },
    { event: { verb: 'QUIT', seat: undefined, reason: 'signal' }, line: '* QUIT - signal' },
    { event: { verb: 'BYE', reason: 'so long' }, line: '* BYE so long' },
  ] satisfies { event: Event; line: string }[])('formatEvent: writes $line', ({ event: given, line }) => {
    expect(formatEvent(given)).toBe(line);
    expect(parseServerLine(line)).toEqual({ kind: 'event', event: given });
  });

  test('parseServerLine: reads back every event that formatEvent writes', () => {
    fc.assert(
      fc.property(event, (given) => {
        expect(parseServerLine(formatEvent(given))).toEqual({ kind: 'event', event: given });
      }),
      { numRuns: 2_000 },
    );
  });

  test('formatReply: no text is taken for an event, and every text comes back', () => {
    const starry = fc.stringMatching(/^[* ABEYO]{0,8}$/);
    fc.assert(
      fc.property(fc.oneof(text, starry), (reply) => {
        expect(parseServerLine(formatReply(reply))).toEqual({ kind: 'reply', text: reply });
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    '* NEWVERB 1',
    '*',
    '* ',
    '*x',
    '* TURN',
    '* TURN x',
    '* TURN 1 2',
    '* TURN  1',
    '* TURNS 1 2',
    '* TURNS 1 2 -',
    '* TURNS 1 2 3,',
    '* TURNS 1 2 3, 4',
    '* OK 1',
    '* END 1 or 2',
    '* constructor',
  ])('parseServerLine: %j is no event of this version', (line) => {
    expect(parseServerLine(line)).toBeUndefined();
  });

  test('formatEvent: the longest events fit in the bytes a client is promised', () => {
    const address = '[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535';
    const longest: Event[] = [
      { verb: 'JOIN', seat: 999_999_999, name: 'a'.repeat(32), address },
      { verb: 'WHO', seat: 999_999_999, name: 'a'.repeat(32), address, queued: 999_999 },
      {
        verb: 'TURNS',
        first: 999_999_999_999_999,
        last: 999_999_999_999_999,
        seats: Array.from({ length: TOLD_TURNS }, () => 999_999_999),
      },
      {
        verb: 'ROOM',
        room: 'r'.repeat(32),
        order: 'strict',
        quit: 'room',
        have: 999_999_999,
        want: 999_999_999,
        waiting: 999_999_999_999_999,
      },
      { verb: 'WELCOME', seat: 999_999_999, clients: 999_999_999, room: 'r'.repeat(32), version: 1 },
      ...COMMANDS.map(({ usage, does }) => ({ verb: 'HELP' as const, text: `${usage}  ${does}` })),
    ];
    for (const given of longest) expect(formatEvent(given).length).toBeLessThanOrEqual(EVENT_OVERHEAD_BYTES);
  });

  test('EVENT_VERBS: names every event once', () => {
    expect([...EVENT_VERBS].toSorted()).toEqual(Object.keys(shapes).toSorted());
  });
});
