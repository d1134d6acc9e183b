import { Random } from '../random.ts';
import { optionsAtRandom } from './options.ts';
import {
  CLIENT_KINDS,
  type ClientKind,
  type ClientPlan,
  type OperatorStep,
  type Plan,
  type Step,
} from './plan.ts';
import { script } from './scripts.ts';

/** Servers that share their rooms need this long to come up. In milliseconds. */
const COMING_UP_MS = 3_000;
const HOSTS = ['127.0.0.1', '10.0.0.1', '10.0.0.2', '2001:db8::1'];

/** The world of a seed. */
export function makePlan(seed: number): Plan {
  const random = new Random(seed);
  const { options, handler } = optionsAtRandom(random);
  const nodes = random.chance(0.1) ? random.int(2, 3) : 1;
  const begin = nodes > 1 ? COMING_UP_MS : 0;
  const until = begin + random.pick([20, 200, 2_000]);
  const clients = Array.from({ length: random.int(1, 6) }, () => clientAtRandom(random, nodes));
  const steps: Step[] = clients.flatMap(({ kind }, client) =>
    script(kind, {
      random,
      client,
      from: begin + random.int(0, Math.floor((until - begin) / 2)),
      until,
      maxLineBytes: options.maxLineBytes!,
      handler,
    }),
  );
  const closeAt = until + random.pick([50, 500, 5_000]);
  const acts = random.chance(0.4) ? random.int(1, 4) : 0;
  for (let act = 0; act < acts; act++)
    steps.push(...operatorAtRandom(random, { begin, until, nodes, clients: clients.length }));
  const isAlone = nodes === 1 && random.chance(0.3);
  return {
    seed,
    options,
    handler,
    nodes,
    journal: {
      delayMs: nodes > 1 ? random.int(1, 30) : !isAlone && random.chance(0.1) ? random.int(1, 20) : 0,
      dropped: nodes > 1 && random.chance(0.3) ? 0.1 : 0,
      misreported: nodes > 1 && random.chance(0.3) ? 0.1 : 0,
      doubled: nodes > 1 && random.chance(0.3) ? 0.2 : 0,
    },
    lookMs: random.chance(0.1) ? 0.3 : 0,
    watcher: isAlone ? 'nobody' : random.pick(['none', 'listens', 'listens', 'throws'] as const),
    clients,
    steps: steps.toSorted((one, other) => one.at - other.at),
    closeAt,
  };
}

function clientAtRandom(random: Random, nodes: number): ClientPlan {
  const kind: ClientKind = random.chance(0.4) ? 'honest' : random.pick(CLIENT_KINDS);
  const isSlow = kind === 'slow';
  return {
    kind,
    node: random.int(0, nodes - 1),
    host: random.chance(0.6) ? HOSTS[0]! : random.pick(HOSTS),
    latencyMs: random.pick([0, 0, 1, 1, 10, 80]),
    jitterMs: random.pick([0, 0, 5, 30]),
    cut: random.pick(kind === 'flooding' ? ['anywhere', 'whole'] : ['bytes', 'anywhere', 'whole']),
    sendBytes: random.pick(isSlow ? [512, 4_096] : [4_096, 65_536, 1_000_000]),
    receiveBytes: random.pick(isSlow ? [256, 4_096] : [2_048, 65_536, 1_000_000]),
    readBytes: isSlow ? random.pick([16, 200, 2_000]) : 0,
    clings: random.chance(0.1),
  };
}

function operatorAtRandom(
  random: Random,
  { begin, until, nodes, clients }: { begin: number; until: number; nodes: number; clients: number },
): OperatorStep[] {
  const room = random.pick(['main', 'main', 'side', 'nowhere']);
  const when = { at: random.int(begin, until), node: random.int(0, nodes - 1) };
  // Lines of several wait meanwhile, and the order shows.
  if (random.chance(0.4))
    return [
      { ...when, do: 'hold', room: 'main' },
      { ...when, at: random.int(when.at, until), do: 'release', room: 'main' },
    ];
  const acts: OperatorStep[] = [
    { ...when, do: 'hold', room },
    { ...when, do: 'release', room },
    { ...when, do: 'step', room, turns: random.int(1, 70) },
    { ...when, do: 'say', text: 'attention' },
    { ...when, do: 'say', room, text: 'attention' },
    { ...when, do: 'kick', client: random.int(0, clients - 1) },
    { ...when, do: 'ban', host: random.pick(HOSTS), ms: 200 },
    { ...when, do: 'drain', ms: 100 },
    { ...when, do: 'close', graceMs: random.pick([0, 200, 2_000]) },
  ];
  return [random.pick(acts)];
}
