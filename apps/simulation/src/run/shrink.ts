import { isOfClient, type ClientPlan, type Plan, type Step } from '../plan/plan.ts';
import { converse } from './conversation.ts';

/** A smaller world; `undefined`: there is nothing of that kind to take away. */
type Smaller = (plan: Plan) => Plan | undefined;

/**
 * The smallest world that this many tries find in which the same promise is broken. Takes away clients, steps, lines and
 * options, one after the other, until nothing can be missed.
 */
export async function shrink(plan: Plan, promise: number, tries: number = 600): Promise<Plan> {
  const tried = { left: tries };
  const stillBroken = async (smaller: Plan): Promise<boolean> => {
    tried.left--;
    const { broken } = await converse(smaller);
    return broken.some((each) => each.promise === promise);
  };
  let smallest = plan;
  for (let before: Plan | undefined; before !== smallest && tried.left > 0;) {
    before = smallest;
    for (const smaller of waysToShrink(smallest)) {
      const candidate = tried.left > 0 ? smaller(smallest) : undefined;
      if (candidate !== undefined && (await stillBroken(candidate))) smallest = candidate;
    }
  }
  return smallest;
}

function waysToShrink(plan: Plan): Smaller[] {
  const { clients, steps, options } = plan;
  const halves = (count: number): Smaller[] => {
    const ways: Smaller[] = [];
    for (let size = Math.ceil(count / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
      for (let from = 0; from < count; from += size) ways.push(withoutSteps(from, size));
    return ways;
  };
  return [
    ...clients.map((_, client) => withoutClient(clients.length - 1 - client)),
    ...halves(steps.length),
    ...steps.map((_, index) => withFewerLines(index)),
    (now) =>
      now.nodes > 1
        ? { ...now, nodes: 1, clients: now.clients.map((client) => ({ ...client, node: 0 })) }
        : undefined,
    (now) => (now.watcher === 'none' || now.watcher === 'nobody' ? undefined : { ...now, watcher: 'none' }),
    (now) => (now.lookMs === 0 ? undefined : { ...now, lookMs: 0 }),
    (now) => ({
      ...now,
      journal: { delayMs: now.nodes > 1 ? 1 : 0, dropped: 0, misreported: 0, doubled: 0 },
    }),
    (now) => (now.handler ? { ...now, handler: false } : undefined),
    ...clients.map((_, index) => withClient(index, { latencyMs: 0, jitterMs: 0 })),
    ...clients.map((_, index) => withClient(index, { cut: 'whole' })),
    ...clients.map((_, index) =>
      withClient(index, { sendBytes: 1_000_000, receiveBytes: 1_000_000, readBytes: 0 }),
    ),
    ...Object.keys(options)
      .filter((key) => key !== 'order' && key !== 'maxMemoryBytes')
      .map(withoutOption),
  ];
}

/** The others keep their numbers: the client only does nothing. */
function withoutClient(client: number): Smaller {
  return (plan) => {
    const steps = plan.steps.filter((step) => !isOfClient(step) || step.client !== client);
    return steps.length === plan.steps.length ? undefined : { ...plan, steps };
  };
}

function withoutSteps(from: number, count: number): Smaller {
  return (plan) => {
    if (from >= plan.steps.length) return undefined;
    return { ...plan, steps: [...plan.steps.slice(0, from), ...plan.steps.slice(from + count)] };
  };
}

/** Half of the lines of a step. */
function withFewerLines(index: number): Smaller {
  return (plan) => {
    const step = plan.steps[index];
    if (step?.do !== 'send') return undefined;
    const lines = step.bytes.split(/(?<=\n)/);
    if (lines.length < 2) return undefined;
    const fewer: Step = { ...step, bytes: lines.slice(0, Math.ceil(lines.length / 2)).join('') };
    return { ...plan, steps: plan.steps.with(index, fewer) };
  };
}

function withClient(index: number, simpler: Partial<ClientPlan>): Smaller {
  return (plan) => {
    const client = plan.clients[index]!;
    const same = Object.entries(simpler).every(([key, value]) => client[key as keyof ClientPlan] === value);
    return same ? undefined : { ...plan, clients: plan.clients.with(index, { ...client, ...simpler }) };
  };
}

/** The default, as on a loopback address. */
function withoutOption(key: string): Smaller {
  return (plan) => {
    if (!(key in plan.options)) return undefined;
    const options = Object.fromEntries(Object.entries(plan.options).filter(([other]) => other !== key));
    return { ...plan, options: { ...options, ...DEFAULTS[key] } };
  };
}

/** What the checks have to know is spelt out. */
const DEFAULTS: Readonly<Record<string, Plan['options']>> = {
  deliver: { deliver: 'sender' },
  transform: { transform: 'upper' },
  clients: { clients: 1 },
  events: { events: 'on' },
  quit: { quit: 'all' },
  graceMs: { graceMs: 5_000 },
  lingerMs: { lingerMs: 300 },
  maxLineBytes: { maxLineBytes: 1_024 },
  maxQueuedLines: { maxQueuedLines: 64 },
  maxOutboxBytes: { maxOutboxBytes: 1_048_576 },
  maxErrors: { maxErrors: 100 },
  maxClients: { maxClients: 10_000 },
  maxRooms: { maxRooms: 1_000 },
};
