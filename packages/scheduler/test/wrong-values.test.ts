import { describe, expect, it } from 'vitest';
import { QuitGroup, type QuitMember, TurnQueue } from '../src/index.ts';
import { FairQueue } from '../src/queue/index.ts';
import { VirtualClock } from '../src/testing/index.ts';

/** What a caller without types may hand over. */
const VALUES: Record<string, unknown> = {
  null: null,
  true: true,
  'an empty text': '',
  'a text': 'often',
  'a number as text': '5',
  'a bigint': 5n,
  'a symbol': Symbol('five'),
  NaN: Number.NaN,
  Infinity,
  'minus one': -1,
  'one half': 0.5,
  'a function': () => 1,
  'an object': {},
  'an array': [],
  'a date': new Date(0),
  'an object that cannot be said': Object.create(null),
  'an object whose toString throws': {
    toString: () => {
      throw new Error('I am not said');
    },
  },
  'an AbortController': new AbortController(),
};

const never = (): Promise<never> => new Promise(() => {});

interface Call {
  readonly call: string;
  /** The values that are good there. */
  readonly good?: readonly string[];
  /** Hands the value over, and says how to see that nobody else has noticed. */
  readonly hand: (value: never) => (() => Promise<void>) | undefined;
}

/** A queue with one task that runs and one that waits. */
function busy(): { queue: FairQueue<unknown>; isUnhurt: () => Promise<void> } {
  const queue = new FairQueue<unknown>({ concurrency: 1, clock: new VirtualClock() });
  let free!: () => void;
  const first = queue.run('a', () => new Promise<string>((resolve) => void (free = () => resolve('first'))));
  const second = queue.run('b', () => 'second');
  const isUnhurt = async (): Promise<void> => {
    expect([queue.running, queue.waiting]).toEqual([1, 1]);
    free();
    expect([await first, await second, await queue.run('c', () => 'third')]).toEqual([
      'first',
      'second',
      'third',
    ]);
    expect([queue.running, queue.waiting]).toEqual([0, 0]);
  };
  return { queue, isUnhurt };
}

function onQueue(hand: (queue: FairQueue<unknown>, value: never) => unknown): Call['hand'] {
  return (value) => {
    const { queue, isUnhurt } = busy();
    expect(() => hand(queue, value)).toThrow(/^Cannot /);
    return isUnhurt;
  };
}

const member = (log: string[] = []): QuitMember => ({
  drain: (reason) => Promise.resolve(void log.push(`drain ${reason}`)),
  destroy: () => void log.push('destroy'),
});

function onGroup(hand: (group: QuitGroup<string>, value: never) => unknown): Call['hand'] {
  return (value) => {
    const log: string[] = [];
    const group = new QuitGroup<string>({ clock: new VirtualClock() });
    group.add('a', member(log));
    expect(() => hand(group, value)).toThrow(/^Cannot /);
    return async () => {
      expect([log, group.size, group.quitting]).toEqual([[], 1, false]);
      expect((await group.quit()).drained).toBe(1);
    };
  };
}

function onTurns(hand: (queue: TurnQueue<string, string>, value: never) => unknown): Call['hand'] {
  return (value) => {
    const queue = new TurnQueue<string, string>({ order: 'fair' });
    queue.join('a');
    queue.push('a', 'one');
    expect(() => hand(queue, value)).toThrow(/^Cannot /);
    return async () => {
      expect([queue.size, queue.order, [...queue.ids()]]).toEqual([1, 'fair', ['a']]);
      expect(queue.take()?.item).toBe('one');
    };
  };
}

function onNew(make: (value: never) => unknown): Call['hand'] {
  return (value) => {
    expect(() => make(value)).toThrow(/^Cannot /);
    return undefined;
  };
}

const texts = ['an empty text', 'a text', 'a number as text'];
/** An array and the like are objects, if without the options. */
const objects = [
  'an object',
  'an array',
  'a date',
  'an object that cannot be said',
  'an object whose toString throws',
  'an AbortController',
];

const CALLS: readonly Call[] = [
  { call: 'FairQueue options', hand: onNew((value) => new FairQueue(value)) },
  ...(['concurrency', 'concurrencyPerKey', 'maxQueued', 'maxQueuedInAll'] as const).map((option) => ({
    call: `FairQueue ${option}`,
    hand: onNew((value) => new FairQueue({ concurrency: 1, [option]: value })),
  })),
  {
    call: 'FairQueue weightOf',
    good: ['a function'],
    hand: onNew((value) => new FairQueue({ concurrency: 1, weightOf: value })),
  },
  {
    call: 'FairQueue what weightOf gives',
    good: ['one half'],
    hand: onQueueOf((weight) => ({ weightOf: (key: unknown) => (key === 'wrong' ? weight : 1) })),
  },
  ...(['quantum', 'cost'] as const).map((option) => ({
    call: `FairQueue ${option}`,
    good: ['one half'],
    hand: onNew((value) => new FairQueue({ concurrency: 1, [option]: value })),
  })),
  { call: 'FairQueue clock', hand: onNew((value) => new FairQueue({ concurrency: 1, clock: value })) },
  {
    call: 'FairQueue what clock.now gives',
    good: ['minus one', 'one half'],
    hand: onNew(
      (value) => new FairQueue({ concurrency: 1, clock: { now: () => value, setTimeout } as never }),
    ),
  },
  { call: 'run task', good: ['a function'], hand: onQueue((queue, value) => queue.run('x', value)) },
  { call: 'run options', good: objects, hand: onQueue((queue, value) => queue.run('x', never, value)) },
  {
    call: 'run cost',
    good: ['one half'],
    hand: onQueue((queue, value) => queue.run('x', never, { cost: value })),
  },
  { call: 'run signal', hand: onQueue((queue, value) => queue.run('x', never, { signal: value })) },
  { call: 'FairQueue quit options', good: objects, hand: onQueue((queue, value) => queue.quit(value)) },
  {
    call: 'FairQueue quit reason',
    good: texts,
    hand: onQueue((queue, value) => queue.quit({ reason: value })),
  },
  {
    call: 'FairQueue quit graceMs',
    good: ['one half'],
    hand: onQueue((queue, value) => queue.quit({ graceMs: value })),
  },
  { call: 'TurnQueue options', hand: onNew((value) => new TurnQueue(value)) },
  { call: 'TurnQueue order', hand: onNew((value) => new TurnQueue({ order: value })) },
  {
    call: 'TurnQueue quantum',
    good: ['one half'],
    hand: onNew((value) => new TurnQueue({ order: 'fair', quantum: value })),
  },
  {
    call: 'TurnQueue maxQueued',
    hand: onNew((value) => new TurnQueue({ order: 'fair', maxQueued: value })),
  },
  { call: 'TurnQueue order, set', hand: onTurns((queue, value) => void (queue.order = value)) },
  { call: 'join options', good: objects, hand: onTurns((queue, value) => queue.join('b', value)) },
  {
    call: 'join weight',
    good: ['one half'],
    hand: onTurns((queue, value) => queue.join('b', { weight: value })),
  },
  { call: 'push id', hand: onTurns((queue, value) => queue.push(value, 'two')) },
  { call: 'push cost', good: ['one half'], hand: onTurns((queue, value) => queue.push('a', 'two', value)) },
  { call: 'push turns', hand: onTurns((queue, value) => queue.push('a', 'two', 1, value)) },
  {
    call: 'charge cost',
    good: ['minus one', 'one half'],
    hand: onTurns((queue, value) => queue.charge('a', value)),
  },
  { call: 'QuitGroup options', good: objects, hand: onNew((value) => new QuitGroup(value)) },
  { call: 'QuitGroup policy', hand: onNew((value) => new QuitGroup({ policy: value })) },
  { call: 'QuitGroup clock', hand: onNew((value) => new QuitGroup({ clock: value })) },
  { call: 'add member', hand: onGroup((group, value) => group.add('b', value)) },
  { call: 'QuitGroup quit options', good: objects, hand: onGroup((group, value) => group.quit(value)) },
  {
    call: 'QuitGroup quit reason',
    good: texts,
    hand: onGroup((group, value) => group.quit({ reason: value })),
  },
  {
    call: 'QuitGroup quit graceMs',
    good: ['one half'],
    hand: onGroup((group, value) => group.quit({ graceMs: value })),
  },
];

/** As `onQueue`, of a queue with options that hold the value; what is wrong in it concerns the key `wrong`. */
function onQueueOf(options: (value: never) => object): Call['hand'] {
  return (value) => {
    const queue = new FairQueue<unknown>({ concurrency: 1, clock: new VirtualClock(), ...options(value) });
    const first = queue.run('a', () => 'first');
    expect(() => queue.run('wrong', never)).toThrow(/^Cannot /);
    return async () => {
      expect([await first, await queue.run('b', () => 'second')]).toEqual(['first', 'second']);
      expect([...queue.stats().keys.keys()]).toEqual(['a', 'b']);
    };
  };
}

describe.each(CALLS)('$call', ({ hand, good = [] }) => {
  const wrong = Object.keys(VALUES).filter((name) => !good.includes(name));
  it.each(wrong)('that is %s is refused in words, before anything has changed', async (name) => {
    await hand(VALUES[name] as never)?.();
  });
});

it('an AbortController in place of its signal is told from one', () => {
  const queue = new FairQueue({ concurrency: 1 });
  const signal = new AbortController() as unknown as AbortSignal;
  expect(() => queue.run('k', never, { signal })).toThrow(
    new TypeError(
      'Cannot use signal [object AbortController]: expected an AbortSignal, such as controller.signal',
    ),
  );
});
