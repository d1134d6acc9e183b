import { basename } from 'node:path';
import { type Figure, skipped } from '../figure.ts';
import { buildIn, HERE } from './command.ts';
import { type Contender, idleContender } from './contenders.ts';
import { costRow, type Load, loadName, LOADS, underLoad, watching } from './costs.ts';
import { idleFigure } from './idle.ts';

/**
 * This tree's build beside that of another folder: processor time a line under each load, watched and not, and the
 * memory of an idle client. Nothing is asked of it.
 *
 * Errors: throws if nothing is built in one of the two.
 */
export function againstFigures(folder: string): readonly Figure[] {
  const [here, there] = [buildIn(HERE), buildIn(folder)];
  const other = basename(folder);
  const costs = (load: Load): Figure => ({
    name: loadName(load),
    async measure() {
      const own = watching(here, load).flat();
      const theirs = watching(there, load, 'other: ').flat();
      const reasons = await Promise.all(theirs.map(whyNot));
      // Each beside its counterpart: what disturbs one for long disturbs the other too.
      const pairs = own.flatMap((each, index) => (reasons[index] ? [] : [each, theirs[index]!]));
      const entrants = await underLoad(pairs, load);
      return own.map((contender, index) => {
        const name = `${loadName(load)}, ${contender.name} / ${other}`;
        const reason = reasons[index];
        if (reason !== undefined) return skipped(name, reason);
        const at = entrants.findIndex((entrant) => entrant.contender === contender);
        return costRow(name, entrants[at]!, entrants[at + 1]!);
      });
    },
  });
  return [...LOADS.map(costs), idleFigure(other, idleContender(here), idleContender(there))];
}

/** Why a build does not start: an older one may not know a flag yet. */
async function whyNot(contender: Contender): Promise<string | undefined> {
  try {
    const running = await contender.start();
    await running.stop();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
