import { describe, expect, it } from 'vitest';
import { options as known } from '../src/bounds.ts';
import { type JoinOptions, QuitGroup, type QuitMember, TurnQueue } from '../src/index.ts';
import { FairQueue } from '../src/queue/index.ts';
import { takeRounds } from '../src/rounds/index.ts';
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

function onClock(hand: (clock: VirtualClock, value: never) => Promise<unknown>): Call['hand'] {
  return (value) => {
    const clock = new VirtualClock();
    return async () => {
      await clock.advance(5);
      await expect(hand(clock, value)).rejects.toThrow(/^Cannot /);
      expect([clock.now(), clock.pending]).toEqual([5, 0]);
    };
  };
}

function onNew(make: (value: never) => unknown): Call['hand'] {
  return (value) => {
    expect(() => make(value)).toThrow(/^Cannot /);
    return undefined;
  };
}

/** An array and the like are objects, if without the options. */
const objects = ['an object', 'an array', 'a date', 'an object that cannot be said'];

const CALLS: readonly Call[] = [
  { call: 'FairQueue options', hand: onNew((value) => new FairQueue(value)) },
  ...(['concurrency', 'concurrencyPerKey', 'maxQueued', 'maxQueuedInAll', 'timeoutMs'] as const).map(
    (option) => ({
      call: `FairQueue ${option}`,
      good: option === 'concurrencyPerKey' ? ['a function'] : [],
      hand: onNew((value) => new FairQueue({ concurrency: 1, [option]: value })),
    }),
  ),
  {
    call: 'FairQueue slotAfterTimeout',
    hand: onNew((value) => new FairQueue({ concurrency: 1, slotAfterTimeout: value })),
  },
  { call: 'FairQueue rate', hand: onNew((value) => new FairQueue({ concurrency: 1, rate: value })) },
  ...(['cost', 'perMs', 'burst'] as const).map((option) => ({
    call: `FairQueue rate.${option}`,
    good: ['one half'],
    hand: onNew((value) => new FairQueue({ concurrency: 1, rate: { cost: 1, perMs: 1, [option]: value } })),
  })),
  {
    call: 'FairQueue rateOf',
    good: ['a function'],
    hand: onNew((value) => new FairQueue({ concurrency: 1, rateOf: value })),
  },
  {
    call: 'FairQueue what rateOf gives',
    hand: onQueueOf((rate) => ({ rateOf: (key: unknown) => (key === 'wrong' ? rate : undefined) })),
  },
  {
    call: 'FairQueue what concurrencyPerKey gives',
    hand: onQueueOf((limit) => ({ concurrencyPerKey: (key: unknown) => (key === 'wrong' ? limit : 1) })),
  },
  { call: 'concurrency, set', hand: onQueue((queue, value) => void (queue.concurrency = value)) },
  {
    call: 'concurrencyPerKey, set',
    good: ['a function'],
    hand: onQueue((queue, value) => void (queue.concurrencyPerKey = value)),
  },
  {
    call: 'what a concurrencyPerKey gives that is set',
    good: [],
    hand: onQueue((queue, value) => void (queue.concurrencyPerKey = () => value)),
  },
  { call: 'rate, set', hand: onQueue((queue, value) => void (queue.rate = value)) },
  { call: 'run timeoutMs', hand: onQueue((queue, value) => queue.run('x', never, { timeoutMs: value })) },
  {
    call: 'run priority',
    good: ['minus one', 'one half'],
    hand: onQueue((queue, value) => queue.run('x', never, { priority: value })),
  },
  {
    call: 'run slotAfterTimeout',
    hand: onQueue((queue, value) => queue.run('x', never, { slotAfterTimeout: value })),
  },
  { call: 'hold options', good: objects, hand: onQueue((queue, value) => queue.hold('b', value)) },
  {
    call: 'hold untilMs',
    good: ['minus one', 'one half', 'Infinity'],
    hand: onQueue((queue, value) => queue.hold('b', { untilMs: value })),
  },
  {
    call: 'FairQueue charge',
    good: ['minus one', 'one half'],
    hand: onQueue((queue, value) => queue.charge('b', value)),
  },
  { call: 'onSizeLessThan', hand: onQueue((queue, value) => queue.onSizeLessThan(value)) },
  {
    call: 'untilCapacity options',
    good: objects,
    hand: onQueue((queue, value) => queue.untilCapacity('b', value)),
  },
  {
    call: 'untilCapacity signal',
    hand: onQueue((queue, value) => queue.untilCapacity('b', { signal: value })),
  },
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
  {
    call: 'takeRounds most',
    hand: onTurns((queue, value) => takeRounds(queue, value, () => 1)),
  },
  {
    call: 'takeRounds inOne',
    good: ['a function'],
    hand: onTurns((queue, value) => takeRounds(queue, 1, value)),
  },
  {
    call: 'takeRounds what inOne gives',
    hand: onTurns((queue, value) => {
      queue.order = 'strict';
      try {
        takeRounds(queue, 1, () => value);
      } finally {
        queue.order = 'fair';
      }
    }),
  },
  { call: 'give id', hand: onTurns((queue, value) => queue.give(value)) },
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
  { call: 'VirtualClock advance', good: ['one half'], hand: onClock((clock, value) => clock.advance(value)) },
  {
    call: 'VirtualClock setTimeout task',
    good: ['a function'],
    hand: onClock(async (clock, value) => clock.setTimeout(value, 1)),
  },
  { call: 'QuitGroup clock', hand: onNew((value) => new QuitGroup({ clock: value })) },
  { call: 'add member', hand: onGroup((group, value) => group.add('b', value)) },
  {
    call: 'add options',
    good: objects,
    hand: onGroup((group, value) => group.add('b', member(), value)),
  },
  {
    call: 'add phase',
    good: ['minus one'],
    hand: onGroup((group, value) => group.add('b', member(), { phase: value })),
  },
  { call: 'QuitGroup quit options', good: objects, hand: onGroup((group, value) => group.quit(value)) },
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

/** The options of every door, each with a name that is nearly right. */
const MISSPELT: readonly { readonly call: string; readonly name: string; readonly hand: Call['hand'] }[] = [
  { call: 'FairQueue', name: 'concurency', hand: onNew((value) => new FairQueue(value)) },
  { call: 'rate', name: 'perMS', hand: onNew((rate) => new FairQueue({ concurrency: 1, rate })) },
  { call: 'run', name: 'prio', hand: onQueue((queue, value) => queue.run('x', never, value)) },
  { call: 'hold', name: 'until', hand: onQueue((queue, value) => queue.hold('b', value)) },
  { call: 'untilCapacity', name: 'abort', hand: onQueue((queue, value) => queue.untilCapacity('b', value)) },
  { call: 'quit', name: 'grace', hand: onQueue((queue, value) => queue.quit(value)) },
  { call: 'TurnQueue', name: 'Order', hand: onNew((value) => new TurnQueue(value)) },
  { call: 'join', name: 'weigth', hand: onTurns((queue, value) => queue.join('b', value)) },
  { call: 'QuitGroup', name: 'policies', hand: onNew((value) => new QuitGroup(value)) },
  { call: 'add', name: 'stage', hand: onGroup((group, value) => group.add('b', member(), value)) },
  { call: 'quit', name: 'graceMS', hand: onGroup((group, value) => group.quit(value)) },
];

it.each(MISSPELT)('$call: option $name is refused, before anything has changed', async ({ name, hand }) => {
  await hand({ [name]: 1 } as never)?.();
});

it.each([
  {
    said: 'new FairQueue()',
    act: () => new FairQueue(undefined as never),
    text: 'Cannot use options of FairQueue undefined: expected an object with concurrency concurrencyPerKey',
  },
  {
    said: 'a misspelt option',
    act: () => new QuitGroup({ polcy: 'any' } as never),
    text: 'Cannot use option of QuitGroup polcy: expected one of policy clock',
  },
  {
    said: 'a signal in place of { signal }',
    act: () => new FairQueue({ concurrency: 1 }).run('k', never, new AbortController().signal as never),
    text: 'Cannot use option of run aborted: expected one of cost priority timeoutMs slotAfterTimeout signal',
  },
  {
    said: 'an unlimited rate',
    act: () => new FairQueue({ concurrency: 1, rate: { cost: Infinity, perMs: 1 } }),
    text: 'Cannot use rate.cost Infinity: expected a number from 0.000001 to 1000000000000',
  },
])('$said is refused in so many words', ({ act, text }) => {
  expect(act).toThrow(text);
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

it('options: the compiler refuses a list of names that lacks one, or that has one too many', () => {
  const given: JoinOptions = { weight: 2 };
  expect(known('join', given, ' weight')).toBe(given);
  // @ts-expect-error -- `weight` is missing
  expect(() => known('join', given, ' other')).toThrow(TypeError);
  // @ts-expect-error -- `other` isn't an option
  expect(known('join', given, ' weight other')).toBe(given);
});
