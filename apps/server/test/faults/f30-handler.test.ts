import { expect, onTestFinished, test } from 'vitest';
import type { Registry } from 'prom-client';
import { processMetrics, serverMetrics } from '../../src/observe/index.ts';
import { memoryServer } from '../peer.ts';
import { figure } from './figure.ts';

const BLOCK_MS = 200;

/** What a handler can do wrong, and what is said of it. */
const DEEDS: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw new Error('on purpose');
  },
  rejects: () => Promise.reject(new Error('on purpose')),
  hangs: () => new Promise(() => {}),
  returnsNoString: () => 42,
  throwsNothing: () => {
    throw undefined;
  },
  thenThrows: () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- what a bad library may give.
    then: () => {
      throw new Error('on purpose');
    },
  }),
};

test.each(
  Object.keys(DEEDS).flatMap((deed) =>
    (['strict', 'fair', 'free'] as const).map((order) => ({ deed, order })),
  ),
)(
  'F30: a handler $deed, $order: that line is answered ERR HANDLER, the others as ever',
  async ({ deed, order }) => {
    const { server, join } = await memoryServer({
      order,
      clients: 2,
      handlerTimeoutMs: 50,
      transform: (line) =>
        (DEEDS[line]?.() as string | undefined) ?? (line in DEEDS ? undefined : line.toUpperCase()),
    });
    const registry = serverMetrics(server);
    const [first, second] = [join(), join()];
    first.say(deed, 'after');
    second.say('one', 'two');
    await Promise.all([first.line('AFTER'), second.line('TWO')]);
    expect(first.lines.filter((line) => /^(\* ERR|AFTER)/.test(line))).toEqual([
      expect.stringMatching(/^\* ERR HANDLER Cannot answer: the handler /),
      'AFTER',
    ]);
    expect(second.replies).toEqual(['ONE', 'TWO']);
    expect(await registry.metrics()).toMatch(/^proto_handler_errors_total 1$/m);
  },
);

/** The delays of the loop seen so far: how many, those over 200 ms, and their sum in ms. */
async function delays(registry: Registry): Promise<{ seen: number; long: number; ms: number }> {
  const text = await registry.metrics();
  const value = (suffix: string): number =>
    Number(text.split(`proto_event_loop_delay_seconds_${suffix} `)[1]?.split('\n', 1)[0]);
  const seen = value('count');
  return { seen, long: seen - value('bucket{le="0.2"}'), ms: value('sum') * 1_000 };
}

test('F30: a handler blocks the event loop for 200 ms: the delay of the loop says so, the others are answered', async () => {
  const ofProcess = processMetrics();
  onTestFinished(() => ofProcess.stop());
  const { join } = await memoryServer({
    order: 'free',
    transform: (line) => {
      const until = performance.now() + (line === 'block' ? BLOCK_MS : 0);
      while (performance.now() < until);
      return line;
    },
  });
  const [blocking, other] = [join(), join()];
  await Promise.all([blocking.line(/^\* WELCOME/), other.line(/^\* WELCOME/)]);
  const before = await delays(ofProcess.registry);
  blocking.say('block');
  other.say('hello');
  await Promise.all([blocking.line('block'), other.line('hello')]);
  let after = before;
  // A look a second: the one after the block has it.
  for (let turn = 0; after.long === before.long; turn++) {
    await other.say(`/ping ${turn}`).line(`* PONG ${turn}`);
    after = await delays(ofProcess.registry);
  }
  const rest = (after.seen - before.seen - 1) * 10;
  figure({
    id: 'F30',
    what: 'delay of the loop seen, of a block of 200 ms',
    value: after.ms - before.ms - rest,
    unit: 'ms',
    atLeast: BLOCK_MS,
  });
});
