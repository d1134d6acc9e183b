import type { Figure } from '../figure.ts';
import { buildIn, HERE } from './command.ts';
import { costRow, type Load, loadName, LOADS, underLoad, watching } from './costs.ts';
import { CONSOLE_LISTENS_TO } from './watched.ts';

/**
 * What is asked of a watcher: at most so many times the processor time of nothing attached.
 *
 * Source:  the console does not listen while lines are many, so it costs next to nothing. With 64 lines in a write a line
 *          costs little, and two events for it are a good part of that. When each watched line went by itself it was 12
 *          to 14 times.
 */
function atMost({ batch }: Load): Partial<Record<string, number>> {
  const each = batch === 64 ? 2 : 1.3;
  return { console: 1.1, 'line and send': each, [CONSOLE_LISTENS_TO]: each, chunk: 1.3, turn: 1.1 };
}

function watched(load: Load): Figure {
  const name = `watched, ${loadName(load)}`;
  return {
    name,
    async measure() {
      const groups = watching(buildIn(HERE), load);
      const entrants = await underLoad(groups.flat(), load);
      return groups.flatMap((group) => {
        const [bare, ...others] = entrants.filter(({ contender }) => group.includes(contender));
        return others.map((entrant) => {
          const watcher = entrant.contender.name;
          return costRow(`${name} / ${watcher}`, entrant, bare!, atMost(load)[watcher]);
        });
      });
    },
  };
}

/** What it costs to be watched. */
export const watchFigures: readonly Figure[] = LOADS.map(watched);
