import type { Figure } from '../figure.ts';
import { missingFor, SINKS, type Sink, startCommand } from './command.ts';
import type { Contender } from './contenders.ts';
import { series } from './series.ts';
import { answersTask } from './tasks.ts';

const CLIENTS = 50;
const BATCH = 64;
const AT_LEAST = 0.9;
/** A tenth is asked for: less than what a shared machine takes from one round and not from the next. */
const ROUNDS = 15;

function logging(log: 'console' | 'json' | 'none', sink: Sink): Contender {
  // The console is the default: nobody asks for it.
  const flags = log === 'console' ? [] : ['--log', log];
  return {
    name: `--log ${log}`,
    missing: () => missingFor(sink),
    start: () => startCommand(['--order', 'free', ...flags], sink),
  };
}

function figure(log: 'console' | 'json', sink: Sink): Figure {
  return series({
    name: `${log === 'console' ? 'default log' : `--log ${log}`} to ${sink}, ${BATCH} lines a write, ${CLIENTS} clients`,
    rounds: ROUNDS,
    ours: logging(log, sink),
    against: [{ contender: logging('none', sink), atLeast: AT_LEAST }],
    task: (_, port) => answersTask(port, CLIENTS, BATCH),
  });
}

/** What the log costs, wherever it goes. */
export const logFigures: readonly Figure[] = [
  ...SINKS.map((sink) => figure('console', sink)),
  figure('json', 'a file'),
];
