import { expect, test } from 'vitest';
import { dial, tcpServer } from '../peer.ts';
import { figure, size } from './figure.ts';
import { FaultProxy, mulberry32 } from './proxy.ts';

const WHOLE = 'whole';
const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1));

test('F6: a reset in mid-line drops the part of the line, and the turn passes', async () => {
  const times = size(40, 1_000);
  const random = mulberry32(6);
  const { server, address, join } = await tcpServer({ deliver: 'all', clients: 1 });
  const seen: string[] = [];
  server.on('line', ({ text }) => seen.push(text));
  const [one, two] = [await join(), await join()];
  await two.line(/^\* WELCOME/);
  for (let time = 1; time <= times; time++) {
    const part = 'x'.repeat(1 + Math.floor(random() * 900));
    await using proxy = new FaultProxy(portOf(address), {
      seed: time,
      drip: time % 2 === 0,
      resetAfterBytes: WHOLE.length + 1 + part.length,
    });
    const broken = await dial(`127.0.0.1:${await proxy.listen()}`);
    broken.on('error', () => {});
    broken.resume();
    const seat = time + 2;
    await one.line(new RegExp(`^\\* JOIN ${seat} `));
    broken.write(`${WHOLE}\n${part}`);
    one.say('a');
    two.say('b');
    await one.line(new RegExp(`^\\* LEAVE ${seat} `));
    // The turn has come round: the two are answered again.
    one.say('again');
    two.say('again');
    await two.until(({ replies }) => replies.length === 2 * time);
    // What would be a line only together with its lost end never is one.
    expect(one.lines.filter((line) => line.includes('x'))).toEqual([]);
    one.lines.length = one.replies.length = 0;
  }
  const parts = seen.filter((text) => text.includes('x')).length;
  expect(parts).toBe(0);
  expect(new Set(seen)).toEqual(new Set([WHOLE, 'a', 'b', 'again']));
  figure({ id: 'F6', what: `part lines delivered in ${times} resets`, value: parts, unit: '', atMost: 0 });
});
