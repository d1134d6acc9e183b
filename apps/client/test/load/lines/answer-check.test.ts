import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerCheck, type Greeting } from '../../../src/load/lines/answer-check.ts';
import { LinePool } from '../../../src/load/lines/line-pool.ts';

const WELCOME = '* WELCOME 1 1 main 1\n';
const pool = new LinePool({ size: 5, most: 64, reply: 'upper', seed: 1 });

interface Told {
  answered: number;
  missing: number;
  readonly failures: Record<string, number>;
  readonly said: string[];
}

/** Feeds a stream, cut as said, to a check that is owed so many answers from a line on. */
function check(
  stream: string,
  cuts: readonly number[],
  owed: number,
  from = 3,
  greeting: Greeting = 'welcome',
): Told & { readonly check: AnswerCheck } {
  const told: Told = { answered: 0, missing: 0, failures: {}, said: [] };
  const answers = new AnswerCheck(pool, from, greeting, {
    settled(count, answered) {
      told[answered ? 'answered' : 'missing'] += count;
    },
    failure(kind, count) {
      told.failures[kind] = (told.failures[kind] ?? 0) + count;
      if (told.failures[kind] === 0) delete told.failures[kind];
    },
    said: (line) => void told.said.push(line),
  });
  answers.sent(owed);
  const positions = [...new Set([0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length])];
  positions.sort((a, b) => a - b);
  for (const [index, at] of positions.slice(1).entries())
    answers.push(Buffer.from(stream.slice(positions[index], at), 'latin1'));
  return { ...told, check: answers };
}

const replies = (count: number, from = 3): string[] =>
  Array.from({ length: count }, (_, line) => `${pool.answer(from + line)}\n`);
const cuts = fc.array(fc.nat(10_000), { maxLength: 12 });

test('AnswerCheck: has nothing to say about the right answers, however they are cut, with events anywhere', () => {
  const event = fc.constantFrom('* TURN 1\n', '* JOIN 2 - a:1\n', '* MSG 2 HELLO\n', '* NEW-VERB 1\n');
  fc.assert(
    fc.property(
      fc.nat(300),
      fc.nat(pool.count),
      fc.array(fc.tuple(fc.nat(400), event)),
      cuts,
      (count, from, events, at) => {
        const lines = replies(count, from);
        for (const [position, text] of events) lines.splice(position % (count + 1), 0, text);
        const { answered, missing, failures, check: done } = check(WELCOME + lines.join(''), at, count, from);
        expect({ answered, missing, failures, owed: done.owed }).toEqual({
          answered: count,
          missing: 0,
          failures: {},
          owed: 0,
        });
      },
    ),
    { numRuns: 300 },
  );
});

test('AnswerCheck: finds one reply dropped, doubled, swapped or spoilt, anywhere, however the stream is cut', () => {
  const mischief = fc.constantFrom('drop', 'double', 'swap', 'spoil');
  fc.assert(
    fc.property(mischief, fc.integer({ min: 3, max: 200 }), fc.nat(1000), cuts, (kind, count, where, at) => {
      const lines = replies(count);
      const position = where % (count - 1);
      if (kind === 'drop') lines.splice(position, 1);
      else if (kind === 'double') lines.splice(position, 0, lines[position]!);
      else if (kind === 'swap') lines.splice(position, 2, lines[position + 1]!, lines[position]!);
      else lines[position] = '?????\n';
      const { answered, missing, failures, check: done } = check(WELCOME + lines.join(''), at, count);
      const want = { drop: 'missing', double: 'doubled', swap: 'swapped', spoil: 'wrong' }[kind];
      expect(failures).toEqual({ [want]: 1 });
      expect(answered + missing).toBe(count);
      expect(done.owed).toBe(0);
    }),
    { numRuns: 500 },
  );
});

test('AnswerCheck: settles every line once and is in step again, whatever was done to the stream before', () => {
  const deed = fc.tuple(fc.nat(200), fc.constantFrom('drop', 'double', 'spoil', 'foreign'));
  fc.assert(
    fc.property(fc.array(deed, { minLength: 1, maxLength: 8 }), cuts, (deeds, at) => {
      const lines = replies(150);
      for (const [where, kind] of deeds) {
        const position = where % lines.length;
        if (kind === 'drop') lines.splice(position, 1);
        else if (kind === 'double') lines.splice(position, 0, lines[position]!);
        else if (kind === 'spoil') lines[position] = '?????\n';
        else lines.splice(position, 0, '?\n');
      }
      const first = check(WELCOME + lines.join(''), at, 150);
      expect(Object.values(first.failures).every((count) => count > 0)).toBe(true);
      first.check.giveUp();
      expect(first.check.owed).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['* ERR NO_SEAT nobody\n', { 'refused NO_SEAT': 1 }, 2],
  ['* ERR NAME_TAKEN no\n', { 'notice NAME_TAKEN': 1 }, 1],
  ['* OK\n', { wrong: 1 }, 2],
  ['* BYE end\n', {}, 1],
  ['* ERR MADE_UP no\n', { 'notice of another code': 1 }, 1],
])('AnswerCheck: counts %j by its kind', (line, failures, answered) => {
  const [first] = replies(1);
  expect(check(WELCOME + first + line, [], 3)).toMatchObject({ failures, answered });
});

test('AnswerCheck: takes what comes after all for swapped, and no more for missing', () => {
  const [first, second] = replies(2);
  const { check: late, failures } = check(WELCOME, [], 1);
  late.giveUp();
  late.sent(1);
  late.push(Buffer.from(first! + second!));
  expect(failures).toEqual({ swapped: 1 });
});

test.each([
  ['HTTP/1.1 400 Bad\u001b Request\n', 'expected * WELCOME, got "HTTP/1.1 400 Bad\\x1b Request"'],
  ['x'.repeat(65_543), 'a line of more than 65542 bytes'],
])('AnswerCheck: says what is not of this protocol', (stream, broken) => {
  expect(check(stream, [], 1).check.broken).toBe(broken);
});

test('AnswerCheck: says what the server says of refusals and ends, and nothing else', () => {
  const stream = '* ERR NAME_TAKEN no\n* JOIN 2 - a:1\n* QUIT 2 quit\n* BYE quit\n';
  expect(check(WELCOME + stream, [], 1).said).toEqual(['* ERR NAME_TAKEN no', '* QUIT 2 quit', '* BYE quit']);
});

test('AnswerCheck: knows why the server does not let us in', () => {
  const { check: full } = check('* ERR SERVER_FULL 5 are here\n* BYE refused\n', [], 0);
  expect(full.refused).toEqual({ code: 'SERVER_FULL', text: '5 are here' });
  expect(check(`${WELCOME}* ERR NAME_TAKEN no\n`, [], 0).check.refused).toBeUndefined();
});

test.each<[string, object | undefined]>([
  ['* WAIT 1 3\n* WAIT 2 3\n', { kind: 'clients', have: 2, want: 3 }],
  ['* WAIT 1 3\n* TURN 7\n', { kind: 'turn', seat: 7 }],
  ['* WAIT x y\n', undefined],
])('AnswerCheck: knows what the room waits for after %j', (stream, waiting) => {
  expect(check(WELCOME + stream, [], 1).check.waiting).toEqual(waiting);
  expect(check(WELCOME + stream + replies(1).join(''), [], 1).check.waiting).toBeUndefined();
});

test('AnswerCheck: without events, an error comes without a star', () => {
  const stream = 'ERR HANDLER it failed\nERRATIC\n';
  expect(check(stream, [], 2, 3, 'none')).toMatchObject({
    failures: { 'refused HANDLER': 1, wrong: 1 },
    said: ['* ERR HANDLER it failed'],
  });
});
