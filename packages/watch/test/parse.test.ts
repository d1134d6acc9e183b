import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type Message, parseBridgeOp, parseBridgeSaid, parseMessage, parseWatchOp } from '../src/index.ts';
import { anyMessage, anyOf, KINDS } from './samples.ts';

describe('parseMessage', () => {
  test.each(KINDS)('parseMessage: %s is refused without any one of its fields that must be there', (kind) => {
    fc.assert(
      fc.property(anyOf(kind), (message) => {
        for (const key of Object.keys(message).filter((name) => name !== 'k')) {
          const { [key as keyof Message]: _gone, ...rest } = message;
          const parsed = parseMessage(JSON.stringify(rest));
          if (parsed.is === 'wrong' && parsed.version !== true)
            expect(parsed.why).toContain(`k ${kind}: expected ${key}: `);
          else if (parsed.is === 'known') expect(OPTIONAL).toContain(`${kind}.${key}`);
        }
      }),
    );
  });

  it('parseMessage: never throws, whatever field holds whatever', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), fc.jsonValue(), (message, at, value) => {
        const keys = Object.keys(message);
        const bad = JSON.stringify({ ...message, [keys[at % keys.length]!]: value });
        expect(['known', 'unknown', 'wrong']).toContain(parseMessage(bad).is);
      }),
    );
  });

  test.each([
    ['', 'this is not JSON'],
    ['[]', 'expected a JSON object'],
    ['null', 'expected a JSON object'],
    ['{}', 'expected k: text'],
    ['{"k":7}', 'expected k: text'],
    ['{"k":"hello"}', 'the format has no version, and this program reads only version 1'],
    [
      '{"k":"chunk","t":0,"c":1,"d":"read","from":0,"len":1,"b":"\u0100"}',
      'k chunk: expected b: text of code units up to 255',
    ],
    ['{"k":"chunk","t":0,"c":1,"d":"up","from":0,"len":1,"b":"a"}', 'k chunk: expected d: read or write'],
    [
      '{"k":"rooms","t":0,"rooms":[{"room":"main","have":1,"want":1,"turn":"x","waiting":0}]}',
      'k rooms: expected rooms: a list, each item an object with turn: an integer from 0',
    ],
  ])('parseMessage: %s is refused in words', (line, why) => {
    expect(parseMessage(line)).toMatchObject({ is: 'wrong', why });
  });

  test.each(['weather', '__proto__', 'constructor', 'toString'])('parseMessage: %s is left alone', (kind) => {
    expect(parseMessage(JSON.stringify({ k: kind }))).toEqual({ is: 'unknown', kind });
  });

  it('parseMessage: fields that are not known are left alone', () => {
    const line = '{"k":"warning","t":0,"text":"a","colour":"red"}';
    expect(parseMessage(line)).toEqual({ is: 'known', value: JSON.parse(line) });
  });
});

const OPTIONAL = [
  'hello.missed',
  'state.allRooms',
  'state.closing',
  'nodes.allNodes',
  'nodes.awayMs',
  'tick.allRooms',
  'join.name',
  'chunk.open',
  'quit.room',
  'quit.seat',
  'rooms.gone',
  'caption.c',
];

describe('operations', () => {
  test.each([
    { op: 'token', token: 's3cret' },
    { op: 'follow', clients: [1, 2, 3, 4, 5, 6, 7, 8] },
    { op: 'hold', room: 'main', on: true },
    { op: 'step', room: 'main', turns: 64 },
  ])('parseWatchOp: reads $op', (operation) => {
    expect(parseWatchOp(JSON.stringify(operation))).toEqual({ is: 'known', value: operation });
  });

  test.each([
    { op: 'token', token: 's3cret' },
    { op: 'write', parts: ['he', 'llo\n\xff'], apartMs: 500 },
    { op: 'end' },
    { op: 'reset' },
    { op: 'pause' },
    { op: 'resume' },
  ])('parseBridgeOp: reads $op', (operation) => {
    expect(parseBridgeOp(JSON.stringify(operation))).toEqual({ is: 'known', value: operation });
  });

  test.each([
    { op: 'locked', tries: 3 },
    { op: 'asked' },
    { op: 'seat', c: 7, seat: 1 },
    { op: 'wrote', bytes: 4 },
    { op: 'gone', why: 'FIN' },
  ])('parseBridgeSaid: reads $op', (said) => {
    expect(parseBridgeSaid(JSON.stringify(said))).toEqual({ is: 'known', value: said });
  });

  test.each([
    [
      parseWatchOp,
      { op: 'follow', clients: Array(9).fill(1) },
      'op follow: expected clients: a list of at most 8',
    ],
    [
      parseWatchOp,
      { op: 'follow', clients: [-1] },
      'op follow: expected clients: a list, each item an integer from 0',
    ],
    [
      parseWatchOp,
      { op: 'step', room: 'main', turns: 0 },
      'op step: expected turns: an integer from 1 to 64',
    ],
    [
      parseBridgeOp,
      { op: 'write', parts: ['\u0100'], apartMs: 0 },
      'op write: expected parts: a list, each item text of code units up to 255',
    ],
    [
      parseBridgeOp,
      { op: 'write', parts: [], apartMs: 60_001 },
      'op write: expected apartMs: an integer from 0 to 60000',
    ],
    [
      parseBridgeOp,
      { op: 'write', parts: Array(4_097).fill(''), apartMs: 0 },
      'op write: expected parts: a list of at most 4096',
    ],
  ])('%o %o is refused in words', (parse, operation, why) => {
    expect(parse(JSON.stringify(operation))).toEqual({ is: 'wrong', why });
  });
});
