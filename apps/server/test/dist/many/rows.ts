import { describe, expect, test } from 'vitest';
import { figure, size } from '../../faults/figure.ts';
import { mulberry32 } from '../../faults/proxy.ts';
import { type Engine, isHere, NatsEngine, PostgresEngine } from './engine.ts';
import { type SceneOptions, Scene, type Verdict } from './scene.ts';
import { type RowId, ROWS } from './table.ts';

/** A run that takes longer hangs. In milliseconds. */
const MOST_MS = 90_000;

const isFull = process.env['FAULTS'] === 'full';

/** How many answers each client gets before a fault, and after it. */
export const LINES: number = size(5, 60);

/** One run of a row. */
export class Run<Log extends Engine = Engine> {
  readonly random: () => number;
  readonly engine: Log;
  readonly #scenes: Scene[] = [];

  constructor(seed: number, engine: Log) {
    this.random = mulberry32(seed);
    this.engine = engine;
  }

  pick<T>(all: readonly T[]): T {
    return all[Math.floor(this.random() * all.length)]!;
  }

  async begin(options?: SceneOptions): Promise<Scene> {
    const scene = new Scene(this.engine, options);
    this.#scenes.push(scene);
    await scene.begin();
    return scene;
  }

  keepLogs(): string {
    return this.#scenes.map((scene) => scene.keepLogs()).join(', ');
  }

  async end(): Promise<void> {
    await Promise.all(this.#scenes.map((scene) => scene.end()));
    await this.engine.stop();
  }
}

/** What a run came to, and what else was measured. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly more?: Readonly<Record<string, number>>;
}

/** How an engine is started. */
interface Kind<Log extends Engine> {
  readonly name: Engine['name'];
  readonly start: () => Promise<Log>;
}

/** Three NATS servers in a cluster, so that the log is kept three times. */
export const NATS: Kind<NatsEngine> = { name: 'nats', start: () => NatsEngine.start() };
export const POSTGRES: Kind<PostgresEngine> = { name: 'postgres', start: () => PostgresEngine.start() };

/** Plays a row of the fault table on both engines. */
export function rowOnBoth(id: RowId, play: (run: Run) => Promise<Outcome>): void {
  row(id, NATS, play);
  row(id, POSTGRES, play);
}

/**
 * Plays a row of the fault table: small and once in the gate, if it's played there; at full size and several times by
 * `npm run many:faults`, with figures. Prints the seed of each run, and keeps the logs of one that goes wrong.
 */
export function row<Log extends Engine>(
  id: RowId,
  kind: Kind<Log>,
  play: (run: Run<Log>) => Promise<Outcome>,
): void {
  const { name } = kind;
  const { gate, times: own = 10 } = ROWS[id];
  const isAsked = process.env['FAULT_ROWS']?.split(',').includes(id) !== false;
  if (isFull ? !isAsked : gate !== name) return;
  const times = isFull ? Number(process.env['FAULT_TIMES'] ?? own) : 1;
  const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
  describe.runIf(isHere(name))(`many:faults`, () => {
    test(`${id}: on ${name}, nothing is lost, doubled or out of order`, async () => {
      const outcomes: Outcome[] = [];
      const failures: string[] = [];
      for (let n = 0; n < times; n++) {
        const played = await playOnce(new Run(seed + n, await kind.start()), play);
        if (typeof played === 'string') failures.push(`seed ${seed + n}: ${played}`);
        else outcomes.push(played);
        process.stdout.write(
          `${id}, ${name}, seed ${seed + n}: ${typeof played === 'string' ? played : shown(played)}\n`,
        );
      }
      if (isFull) report(id, name, outcomes, failures.length);
      expect(failures).toEqual([]);
    });
  });
}

/** Says what went wrong, or what came of it. */
async function playOnce<Log extends Engine>(
  run: Run<Log>,
  play: (run: Run<Log>) => Promise<Outcome>,
): Promise<Outcome | string> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it hangs: not over after ${MOST_MS} ms`)), MOST_MS);
  });
  try {
    const outcome = await Promise.race([play(run), hang]);
    const { wrong } = outcome.verdict;
    if (wrong.length === 0) return outcome;
    return `${wrong.slice(0, 5).join('; ')}. Logs: ${run.keepLogs()}`;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}. Logs: ${run.keepLogs()}`;
  } finally {
    clearTimeout(timer);
    await run.end();
  }
}

function measured({ verdict, more = {} }: Outcome): Record<string, number> {
  return { stall: verdict.stallMs, ...more };
}

function shown(outcome: Outcome): string {
  const figures = Object.entries(measured(outcome)).map(([name, value]) => `${name} ${Math.round(value)}`);
  return [`${outcome.verdict.lines} lines`, ...figures].join(', ');
}

function report(id: RowId, engine: string, outcomes: readonly Outcome[], failed: number): void {
  const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((all, one) => all + of(one), 0);
  const of = `of ${sum(({ verdict }) => verdict.lines)} lines, ${outcomes.length} runs`;
  figure({ id, what: `${engine}: runs that went wrong`, value: failed, unit: '', atMost: 0 });
  figure({
    id,
    what: `${engine}: lost ${of}`,
    value: sum(({ verdict }) => verdict.lost),
    unit: '',
    atMost: 0,
  });
  figure({
    id,
    what: `${engine}: doubled`,
    value: sum(({ verdict }) => verdict.doubled),
    unit: '',
    atMost: 0,
  });
  figure({
    id,
    what: `${engine}: out of order`,
    value: sum(({ verdict }) => verdict.outOfOrder),
    unit: '',
    atMost: 0,
  });
  for (const [name, most] of Object.entries(ROWS[id].bounds)) {
    const values = outcomes.map((outcome) => measured(outcome)[name] ?? Number.NaN).toSorted((a, b) => a - b);
    const median = values[values.length >> 1] ?? Number.NaN;
    const unit = name === 'memory' ? 'MB' : 'ms';
    figure({ id, what: `${engine}: ${name}, median`, value: median, unit, atMost: most });
    figure({ id, what: `${engine}: ${name}, most`, value: values.at(-1) ?? Number.NaN, unit, atMost: most });
  }
}
