import type { Figure } from '../figure.ts';
import { buildIn, HERE } from './command.ts';
import { costRow, type Load, loadName, LOADS, underLoad, watching } from './costs.ts';
import { CONSOLE_LISTENS_TO } from './watched.ts';

/**
 * What is asked of a watcher: at most so many times the processor time of nothing attached.
 *
 * Source:  the console does not listen while lines are many, so it costs next to nothing. *line, send and turn* is what
 *          it listens to while it shows lines: half of 13.8 and 12.4, the cost when each watched line went by itself.
 */
function atMost({ order, batch }: Load): Partial<Record<string, number>> {
  const perLine = order === 'free' ? 6.9 : 6.2;
  return { console: 1.1, ...(batch === 64 && { [CONSOLE_LISTENS_TO]: perLine }) };
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
