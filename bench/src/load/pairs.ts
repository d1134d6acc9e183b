import { type Result, judge, median, skipped } from '../figure.ts';
import { type Ask, compileIndependent, ours, type Seen, type ServerProcess } from './processes.ts';

/** What ours and the independent generator have seen in each round. */
export type Pairs = readonly (readonly [Seen, Seen])[];

/** Both measure one server in turns; a round before those that count. `undefined`: there is no compiler. */
export async function inTurns(
  { port }: ServerProcess,
  ask: Omit<Ask, 'port'>,
  rounds: number,
): Promise<Pairs | undefined> {
  const theirs = compileIndependent();
  if (theirs === undefined) return undefined;
  const pairs: [Seen, Seen][] = [];
  for (let round = -1; round < rounds; round++) {
    const pair: [Seen, Seen] = [await ours({ port, ...ask }), await theirs({ port, ...ask })];
    for (const { wrong } of pair)
      if (wrong > 0) throw new Error(`Cannot compare: ${wrong} replies were wrong`);
    if (round >= 0) pairs.push(pair);
  }
  return pairs;
}

/** What is asked of a comparison: the two to be within a tenth of each other. */
export const SAME = { atLeast: 0.9, atMost: 1.1 } as const;

/** The best round of each: one that the machine disturbed says nothing of who measured. */
export function bestOf(pairs: Pairs, key: 'linesPerSecond' | 'p50' | 'p90' | 'p99'): [number, number] {
  const best = key === 'linesPerSecond' ? Math.max : Math.min;
  return [best(...pairs.map(([own]) => own[key])), best(...pairs.map(([, their]) => their[key]))];
}

/** How busy our side was, of its time, and at a rate how late it wrote, in the middle round. */
export function ownState(pairs: Pairs): string {
  const middle = (of: (own: Seen) => number): number => median(pairs.map(([own]) => of(own)));
  const late = pairs.some(([own]) => own.late !== undefined)
    ? `, late ${middle((own) => own.late ?? 0).toFixed(2)} ms`
    : '';
  return `ours busy ${Math.round(middle(({ busy = 0 }) => busy) * 100)} %${late}`;
}

/** A ratio as a row; `bounds`: what is asked of it, if anything. */
export function ratio(
  name: string,
  [own, other]: readonly [number, number],
  rounds: readonly number[],
  rest: { readonly detail: string } & Pick<Result, 'atLeast' | 'atMost'>,
): Result {
  const spread = [Math.min(...rounds), Math.max(...rounds)] as const;
  const { detail, ...bounds } = rest;
  const seen = `${own.toPrecision(4)} to ${other.toPrecision(4)}, ${detail}`;
  return judge({ name, value: own / other, unit: 'x', spread, detail: seen, ...bounds });
}

/** The row of what could not be compared. */
export function withoutCompiler(name: string): Result {
  return skipped(name, 'there is no cc to compile the independent generator', SAME);
}
