import { describe, expect, it } from 'vitest';
import { options as known } from '../src/bounds.ts';
import { type JoinOptions, QuitGroup, type QuitMember, TurnQueue } from '../src/index.ts';
import { dumpTurns, turnsFrom } from '../src/dump/index.ts';
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

/** Every value that is checked, a wrong one each time, and the words for it. */
const WORDS: readonly { readonly act: () => unknown; readonly text: string }[] = [
  { act: () => new FairQueue(null as never), text: 'options of FairQueue null: expected an object with' },
  ...wordsOfQueues(),
  ...wordsOfTurns(),
  ...wordsOfGroups(),
];

function wordsOfQueues(): typeof WORDS {
  const number = 'a number from 0.000001 to 1000000000000';
  const integer = 'an integer from 1 to 9007199254740991';
  const made = (options: object) => () => new FairQueue({ concurrency: 1, ...options });
  const said = (act: (queue: FairQueue) => unknown) => () => act(new FairQueue({ concurrency: 1 }));
  const run = (options: object) => said((queue) => queue.run('k', never, options));
  const slot = 'slotAfterTimeout lost: expected kept or freed';
  return [
    {
      act: made({ rate: { cost: 1, perMs: 0 } }),
      text: 'rate.perMs 0: expected a number from 0.000001 to 2147483647',
    },
    { act: made({ rate: { cost: 1, perMs: 1, burst: 0 } }), text: `rate.burst 0: expected ${number}` },
    { act: made({ rateOf: 1 }), text: 'rateOf 1: expected a function' },
    { act: made({ weightOf: 1 }), text: 'weightOf 1: expected a function' },
    { act: made({ slotAfterTimeout: 'lost' }), text: slot },
    { act: made({ timeoutMs: 0 }), text: 'timeoutMs 0: expected a number from 1 to 2147483647' },
    { act: made({ clock: 5 }), text: 'clock 5: expected { now, setTimeout }' },
    { act: made({ clock: { now: () => 0 } }), text: 'clock [object Object]: expected { now, setTimeout }' },
    { act: made({ clock: { setTimeout } }), text: 'clock [object Object]: expected { now, setTimeout }' },
    {
      act: made({ clock: { now: () => '0', setTimeout } }),
      text: 'clock [object Object]: expected a now() that returns a number',
    },
    { act: said((queue) => (queue.concurrency = 0)), text: `concurrency 0: expected ${integer}` },
    { act: said((queue) => (queue.concurrencyPerKey = 0)), text: `concurrencyPerKey 0: expected ${integer}` },
    {
      act: () => new FairQueue({ concurrency: 1, concurrencyPerKey: () => 0 }).run('k', never),
      text: `concurrencyPerKey 0: expected ${integer}`,
    },
    {
      act: () => new FairQueue({ concurrency: 1, rateOf: () => 5 as never }).run('k', never),
      text: 'options of rateOf 5: expected an object with cost perMs burst',
    },
    {
      act: () => new FairQueue({ concurrency: 1, rateOf: () => ({ cost: 0, perMs: 1 }) }).run('k', never),
      text: `rateOf.cost 0: expected ${number}`,
    },
    {
      act: said((queue) => (queue.rate = 5 as never)),
      text: 'options of rate 5: expected an object with cost perMs burst',
    },
    { act: run({ priority: Infinity }), text: 'priority Infinity: expected a number from -1.79' },
    { act: run({ slotAfterTimeout: 'lost' }), text: slot },
    {
      act: said((queue) => queue.untilCapacity('k', 5 as never)),
      text: 'options of untilCapacity 5: expected',
    },
    { act: said((queue) => queue.hold('k', 5 as never)), text: 'options of hold 5: expected' },
    { act: said((queue) => queue.hold('k', { untilMs: -Infinity })), text: 'untilMs -Infinity: expected' },
    { act: said((queue) => queue.charge('k', Infinity)), text: 'cost Infinity: expected a number from -1' },
    { act: said((queue) => queue.onSizeLessThan(0)), text: `count 0: expected ${integer}` },
    { act: said((queue) => queue.quit(5 as never)), text: 'options of quit 5: expected' },
  ];
}

function wordsOfTurns(): typeof WORDS {
  const turns = (): TurnQueue<string, string> => {
    const queue = new TurnQueue<string, string>({ order: 'strict' });
    queue.join('a');
    queue.push('a', 'one');
    return queue;
  };
  const wholes = 'an integer from 0 to 9007199254740991';
  return [
    { act: () => new TurnQueue(5 as never), text: 'options of TurnQueue 5: expected' },
    { act: () => turns().join('b', 5 as never), text: 'options of join 5: expected' },
    { act: () => takeRounds(turns(), 0.5, () => 1), text: `most 0.5: expected ${wholes}` },
    { act: () => takeRounds(turns(), 1, 5 as never), text: 'inOne 5: expected a function' },
    { act: () => takeRounds(turns(), 1, () => 0.5), text: `inOne 0.5: expected ${wholes}` },
    {
      act: () => {
        const dump = dumpTurns(turns(), String);
        return turnsFrom({ ...dump, waiting: dump.waiting.map((item) => ({ ...item, cost: 0 })) }, String);
      },
      text: 'cost 0: expected a number from 0.000001 to 1000000000000',
    },
    { act: () => new VirtualClock().setTimeout(5 as never, 1), text: 'task 5: expected a function' },
  ];
}

function wordsOfGroups(): typeof WORDS {
  const group = (): QuitGroup<string> => new QuitGroup<string>();
  return [
    { act: () => group().add('a', member(), 5 as never), text: 'options of add 5: expected' },
    {
      act: () => group().add('a', member(), { phase: 0.5 }),
      text: 'phase 0.5: expected an integer from -1000000 to 1000000',
    },
    { act: () => group().quit(5 as never), text: 'options of quit 5: expected' },
  ];
}

it.each(WORDS)('Cannot use $text', ({ act, text }) => {
  expect(act).toThrow(`Cannot use ${text}`);
});

it.each([
  { value: 'lost', error: new RangeError('Cannot use slotAfterTimeout lost: expected kept or freed') },
  {
    value: 5,
    error: new TypeError('Cannot use slotAfterTimeout 5: expected kept or freed, not a value of type number'),
  },
])('slotAfterTimeout $value: the error says whether the type or the value is wrong', ({ value, error }) => {
  const options = { concurrency: 1, slotAfterTimeout: value as never };
  expect(() => new FairQueue(options)).toThrow(error);
});

it('an error shows a key of 100 characters whole, and of a longer one the first 100', () => {
  const queue = new TurnQueue<string, string>({ order: 'fair' });
  const text = 'k'.repeat(100);
  expect(() => queue.push(text, 'one')).toThrow(`Cannot serve ${text}: it is not one`);
  expect(() => queue.push(`${text}k`, 'one')).toThrow(`Cannot serve ${text}...: it is not one`);
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

it.each(['aborted', 'addEventListener', 'removeEventListener'])(
  'a signal of a library that lacks %s is refused',
  (lacking) => {
    const whole: object = { aborted: false, addEventListener: () => {}, removeEventListener: () => {} };
    const queue = new FairQueue({ concurrency: 1 });
    const run = (signal: object): unknown => queue.run('k', () => 1, { signal: signal as AbortSignal });
    expect(() => run({ ...whole, [lacking]: undefined })).toThrow(
      'Cannot use signal [object Object]: expected',
    );
    expect(() => run(whole)).not.toThrow();
  },
);

it('options: the compiler refuses a list of names that lacks one, or that has one too many', () => {
  const given: JoinOptions = { weight: 2 };
  expect(known('join', given, ' weight')).toBe(given);
  // @ts-expect-error -- `weight` is missing
  expect(() => known('join', given, ' other')).toThrow(TypeError);
  // @ts-expect-error -- `other` isn't an option
  expect(known('join', given, ' weight other')).toBe(given);
});
