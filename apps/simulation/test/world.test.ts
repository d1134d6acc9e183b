import { expect, test } from 'vitest';
import { makePlan } from '../src/plan/make.ts';
import { isAnswered, readSaid } from '../src/promises/reference.ts';
import { Random } from '../src/random.ts';
import { WorldClock } from '../src/world/clock.ts';
import { Pipe } from '../src/world/pipe.ts';

const options = { maxLineBytes: 8, maxErrors: 100, hasEnded: false };

test('WorldClock: what is due runs in order, and only when the world goes on', () => {
  const clock = new WorldClock(0);
  const ran: string[] = [];
  clock.setTimeout(() => ran.push('b'), 20);
  clock.setTimeout(() => ran.push('a'), 10);
  const callOff = clock.setTimeout(() => ran.push('never'), 15);
  clock.setTimeout(() => ran.push('c'), 20);
  callOff();
  expect([clock.pending, ran]).toEqual([3, []]);
  expect([clock.goOn(), [...ran], clock.time]).toEqual([true, ['a'], 10]);
  expect([clock.goOn(), ran, clock.time]).toEqual([true, ['a', 'b', 'c'], 20]);
  expect([clock.goOn(), clock.pending]).toEqual([false, 0]);
});

test('Pipe: whatever the cuts and the delays, bytes come in order, and kernels hold no more than they may', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = new Random(seed);
    const clock = new WorldClock(0);
    const [sendBytes, receiveBytes] = [random.int(1, 300), random.int(1, 300)];
    const pipe = new Pipe({
      clock,
      latencyMs: () => random.int(0, 50),
      segmentBytes: () => random.int(1, 40),
      sendBytes,
      receiveBytes,
    });
    const all = Buffer.from(Array.from({ length: 1_000 }, (_, index) => index % 251));
    let sent = 0;
    const write = (): void => {
      sent += pipe.write(all.subarray(sent));
      if (sent === all.length) pipe.end();
    };
    const got: Buffer[] = [];
    const read = (): void => {
      expect(pipe.readable).toBeLessThanOrEqual(receiveBytes);
      const bytes = random.chance(0.7) ? pipe.read(random.int(1, 500)) : undefined;
      if (bytes) got.push(bytes);
      if (pipe.readable > 0) clock.setTimeout(read, 5);
    };
    pipe.onTaken = write;
    pipe.onArrival = read;
    write();
    while (clock.goOn());
    expect(Buffer.concat(got)).toEqual(all);
    expect(pipe.isEnded).toBe(true);
  }
});

test('makePlan: the same seed gives the same plan', () => {
  expect(makePlan(4)).toEqual(makePlan(4));
  expect(makePlan(4)).not.toEqual(makePlan(5));
});

test.each([
  { bytes: 'a\n//b\r\n/to 1 c\n', kinds: ['message', 'message', 'message'], answered: 3 },
  { bytes: 'a\x01\nx\ry\n123456789\n', kinds: ['fault', 'fault', 'fault'], answered: 3 },
  { bytes: '/to 1\n/who\n/nope\n/name 1\n', kinds: ['fault', 'command', 'refused', 'refused'], answered: 1 },
  { bytes: 'a\nquit\nb\n', kinds: ['message', 'quit'], answered: 1 },
  { bytes: 'a\nhalf', kinds: ['message'], answered: 1 },
  { bytes: '123456789', kinds: ['fault'], answered: 1 },
])('readSaid: $bytes', ({ bytes, kinds, answered }) => {
  const said = readSaid(bytes, options);
  expect(said.map(({ kind }) => kind)).toEqual(kinds);
  expect(said.filter(isAnswered)).toHaveLength(answered);
});

test('readSaid: the end of the stream in a line is a fault', () => {
  expect(readSaid('half', { ...options, hasEnded: true })).toEqual([
    { kind: 'fault', codes: ['FRAME_INCOMPLETE'] },
  ]);
});
