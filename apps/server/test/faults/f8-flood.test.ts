import { expect, test } from 'vitest';
import { tcpServer } from '../peer.ts';
import { figure, size } from './figure.ts';

/** What one line took, in ms, of so many, one at a time. */
async function times(ask: (line: string) => Promise<unknown>, count: number): Promise<number[]> {
  const taken: number[] = [];
  for (let line = 0; line < count; line++) {
    const begin = performance.now();
    await ask(`honest ${line}`);
    taken.push(performance.now() - begin);
  }
  return taken.toSorted((a, b) => a - b);
}

test.each(['free', 'fair'] as const)(
  'F8: %s order: while one floods, the single lines of another are answered in between',
  async (order) => {
    const { join } = await tcpServer({ order });
    const [flooder, honest] = [await join(), await join()];
    await honest.line(/^\* WELCOME 2 /);
    const ask = (line: string): Promise<unknown> => honest.say(line).line(line.toUpperCase());
    const count = size(30, 1_000);
    const alone = await times(ask, count);
    honest.lines.length = 0;
    const burst = Array.from({ length: 2_000 }, (_, line) => `flood ${line}`);
    let answered = 0;
    const flags = { isOver: false };
    const flood = async (): Promise<void> => {
      while (!flags.isOver) {
        await flooder.say(...burst).until(({ lines }) => lines.includes('FLOOD 1999'));
        answered += flooder.replies.length;
        flooder.lines.length = 0;
      }
    };
    const flooding = flood();
    const amid: number[] = [];
    const answeredBetween: number[] = [];
    for (let line = 0; line < count; line++) {
      const before = answered + flooder.replies.length;
      amid.push(...(await times(ask, 1)));
      answeredBetween.push(answered + flooder.replies.length - before);
      honest.lines.length = 0;
    }
    flags.isOver = true;
    await flooding;
    expect(answered % burst.length).toBe(0);
    // A line that waited for the whole flood would see a burst and more go by, each time.
    const middle = answeredBetween.toSorted((a, b) => a - b)[count >> 1] ?? 0;
    expect(middle).toBeLessThan(burst.length);
    const p99 = (sorted: number[]): number => sorted[Math.floor(sorted.length * 0.99)] ?? 0;
    figure({
      id: 'F8',
      what: `${order}: honest p99 beside a flood, to alone`,
      value: p99(amid.toSorted((a, b) => a - b)) / p99(alone),
      unit: 'x',
      atMost: 10,
    });
  },
);
