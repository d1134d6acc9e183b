import { VirtualClock } from '@proto/scheduler/testing';
import { expect, test } from 'vitest';
import { memoryServer, tcpServer } from '../peer.ts';
import { figure, size } from './figure.ts';

test('F9: others go on when a silent holder of the turn has been waited for, and it keeps its place', async () => {
  const clock = new VirtualClock();
  const { server, join } = await memoryServer({ turnTimeoutMs: 60_000, clients: 3 }, clock);
  const order: number[] = [];
  server.on('turn', ({ seat, state }) => state === 'served' && order.push(seat));
  const [one, silent, three] = [join(), join(), join()];
  await three.line('* TURN 1');
  for (let round = 1; round <= 2; round++) {
    one.say(`a${round}`);
    three.say(`c${round}`);
    await one.until(({ lines }) => lines.filter((line) => line === '* TURN 2').length === round);
    await clock.advance(59_999);
    expect(order).toHaveLength(2 * round - 1);
    await clock.advance(1);
    await three.line(`C${round}`);
  }
  expect(one.lines.filter((line) => line === '* SKIP 2 waited 60000 ms')).toHaveLength(2);
  silent.say('b3');
  one.say('a3');
  three.say('c3');
  await three.line('C3');
  expect(order).toEqual([1, 3, 1, 3, 1, 2, 3]);
});

test('F9: ten who never say a line delay the others in three rounds, and then no more', async () => {
  const clock = new VirtualClock();
  const turnTimeoutMs = 1_000;
  const { server, join } = await memoryServer({ turnTimeoutMs, maxSkips: 3, clients: 12 }, clock);
  const passedOver: number[] = [];
  server.on('passedOver', ({ seat }) => passedOver.push(seat));
  const [one, ...rest] = Array.from({ length: 12 }, () => join());
  const last = rest.at(-1)!;
  await last.line('* TURN 1');
  const waits: number[] = [];
  for (let round = 1; round <= 5; round++) {
    one!.say(`a${round}`);
    last.say(`l${round}`);
    const before = clock.now();
    for (let pass = 0; pass < 20; pass++) {
      for (let turn = 0; turn < 8; turn++) await new Promise(setImmediate);
      if (last.lines.includes(`L${round}`)) break;
      await clock.advance(turnTimeoutMs);
    }
    waits.push(clock.now() - before);
  }
  expect(waits.slice(0, 3)).toEqual([10_000, 10_000, 10_000]);
  expect(passedOver).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  figure({
    id: 'F9',
    what: 'wait of a line beside ten who say nothing, after three rounds',
    value: Math.max(...waits.slice(3)),
    unit: 'ms',
    atMost: 0,
  });
  expect(waits.slice(3)).toEqual([0, 0]);
});

test('F9: the turn passes at the deadline', async () => {
  const turnTimeoutMs = size(50, 2_000);
  const { join } = await tcpServer({ turnTimeoutMs, clients: 2 });
  const [silent, other] = [await join(), await join()];
  await silent.line('* TURN 1');
  other.say('waits');
  const before = performance.now();
  await other.line('WAITS');
  const late = performance.now() - before - turnTimeoutMs;
  expect(other.lines).toContain(`* SKIP 1 waited ${turnTimeoutMs} ms`);
  figure({ id: 'F9', what: 'turn passed after its deadline by', value: late, unit: 'ms', atMost: 250 });
});
