import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { makePlan } from './plan/make.ts';
import type { Plan } from './plan/plan.ts';
import { plantAll } from './planted/plant-all.ts';
import { converse } from './run/conversation.ts';
import { recordPlan } from './run/recording.ts';
import { shrink } from './run/shrink.ts';
import { coverageTable, type Failure, missing, type Tally } from './run/tally.ts';
import { transcriptOf } from './run/transcript.ts';
import { workTogether } from './run/workers.ts';
import { watchImmediates } from './world/passes.ts';

const HELP = `Plays conversations with the server in simulated worlds, and checks every promise of docs/protocol.md.

npm run simulate                         2,000 conversations
npm run simulate -- --seconds 3600       for an hour
npm run simulate -- --conversations 1000000
npm run simulate -- --seed 4711          one world: all that happens in it, and what was broken
npm run simulate -- --planted            faults planted in the server, one by one: each has to be found

--from SEED          the first seed                                       [1]
--only TEXT          with --planted: those whose name has this in it
--plan               with --seed: the plan of that world, made smaller if a promise was broken, as JSON
--workers N          processes                                            [the cores]
--coverage           how often each record came to members in each state; exits with 1 if some never did

A world in which a promise was broken is made smaller, and written to apps/simulation/.report/: as a transcript that
\`proto-client --expect\` plays, and as a recording that the live page opens.
`;

const { values } = parseArgs({
  options: {
    conversations: { type: 'string', default: '2000' },
    seconds: { type: 'string' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(availableParallelism()) },
    seed: { type: 'string' },
    planted: { type: 'boolean', default: false },
    plan: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    coverage: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Failures of one run that are made smaller. */
const MOST_SHRUNK = 3;

if (values.help) process.stdout.write(HELP);
else if (values.seed !== undefined) await (values.plan ? showPlan : showSeed)(integer('seed', values.seed));
else if (values.planted)
  process.exitCode = (await plantAll(integer('workers', values.workers), values.only, say)) ? 0 : 1;
else await runMany();

async function runMany(): Promise<void> {
  const seconds = values.seconds === undefined ? Infinity : integer('seconds', values.seconds);
  const most =
    seconds === Infinity ? integer('conversations', values.conversations) : Number.MAX_SAFE_INTEGER;
  const began = performance.now();
  let told = began;
  const progress = (sum: Tally): void => {
    if (!process.stderr.isTTY || performance.now() - told < 1_000) return;
    told = performance.now();
    process.stderr.write(
      `\r${sum.conversations} conversations, ${sum.failures.length} with a broken promise`,
    );
  };
  const share = {
    from: integer('from', values.from),
    most,
    seconds: seconds === Infinity ? 1e9 : seconds,
    untilBroken: false,
  };
  const sum = await workTogether({ ...share, workers: integer('workers', values.workers) }, progress);
  const took = (performance.now() - began) / 1_000;
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  if (values.coverage) say(coverageTable(sum));
  const lacking = values.coverage ? missing(sum) : [];
  if (lacking.length > 0) say(`Never happened: ${lacking.join(', ')}`);
  say(
    `${sum.conversations} conversations in ${took.toFixed(0)} s (${(sum.conversations / took).toFixed(0)} a second): ` +
      `${sum.connections} connections, ${sum.lines} lines to clients, ${sum.moments} moments, ${sum.failures.length} with a broken promise`,
  );
  for (const failure of sum.failures)
    say(`seed ${failure.seed}: promise ${failure.broken[0]!.promise}, ${failure.broken[0]!.text}`);
  for (const failure of sum.failures.slice(0, MOST_SHRUNK)) await reportSmaller(failure);
  process.exitCode = sum.failures.length + lacking.length > 0 ? 1 : 0;
}

async function reportSmaller({ seed, broken }: Failure): Promise<void> {
  watchImmediates();
  await write(await shrink(makePlan(seed), broken[0]!.promise));
}

/** Writes what happens as a transcript, and as a recording. */
async function write(plan: Plan): Promise<void> {
  const text = transcriptOf(plan, await converse(plan));
  const file = `.report/seed-${plan.seed}`;
  mkdirSync('.report', { recursive: true });
  writeFileSync(`${file}.txt`, text);
  rmSync(`${file}.jsonl`, { force: true });
  await recordPlan(plan, `${file}.jsonl`);
  const shown = `apps/simulation/${file}`;
  say(`\n${text}\n${shown}.txt for proto-client --expect, ${shown}.jsonl for the live page`);
}

async function showPlan(seed: number): Promise<void> {
  watchImmediates();
  const plan = makePlan(seed);
  const { broken } = await converse(plan);
  say(JSON.stringify(broken[0] === undefined ? plan : await shrink(plan, broken[0].promise), undefined, 2));
}

async function showSeed(seed: number): Promise<void> {
  watchImmediates();
  const plan = makePlan(seed);
  const { clients, steps, ...rest } = plan;
  say(JSON.stringify(rest));
  for (const [index, client] of clients.entries()) say(`client ${index}: ${JSON.stringify(client)}`);
  for (const step of steps) say(JSON.stringify(step));
  const { broken, digest } = await converse(plan, (world) => {
    world.trace = say;
    return () => {};
  });
  say(`digest ${digest}`);
  for (const { promise, text } of broken) say(`promise ${promise}: ${text}`);
  if (broken.length > 0) await write(await shrink(plan, broken[0]!.promise));
  process.exitCode = broken.length > 0 ? 1 : 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function integer(name: string, value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1) {
    process.stderr.write(`Cannot take --${name} ${value}: expected an integer from 1\n`);
    process.exit(64);
  }
  return number;
}
