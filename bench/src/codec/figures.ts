import { fileURLToPath } from 'node:url';
import { answerOf, askApart, startApart } from '../apart.ts';
import type { Figure, Result } from '../figure.ts';
import { contestantsOf, measure, type Race, type Runner } from '../race.ts';
import type { Order } from './contestant-apart.ts';
import { memoryFigures } from './memory.ts';
import { races } from './races.ts';
import { speedRaces } from './speed.ts';

const ITSELF = fileURLToPath(new URL('race-apart.ts', import.meta.url));
const TOGETHER = fileURLToPath(new URL('race-together.ts', import.meta.url));
const CONTESTANT = fileURLToPath(new URL('contestant-apart.ts', import.meta.url));

/** Each race runs in a process of its own: what the engine has learned in one does not slow or speed another. */
function byItself({ name }: Figure): Figure {
  return { name, measure: () => askApart<readonly Result[]>(ITSELF, name) };
}

/** A race in one process with all contestants of all these races, as in a program that does other things too. */
function together({ name }: Race): Figure {
  return named(`together, ${name}`, () => askApart<readonly Result[]>(TOGETHER, name));
}

/** A race of which each contestant has a process of its own. */
function apart(race: Race): Figure {
  return named(`apart, ${race.name}`, async () => {
    const children = contestantsOf(race).map(({ name }) => ({
      name,
      child: startApart(CONTESTANT, race.name, name),
    }));
    try {
      const runners: Runner[] = [];
      for (const { name, child } of children) {
        const what = `${name} in ${race.name}`;
        await answerOf(child, what);
        const ask = async <Answer>(order: Order): Promise<Answer> => {
          child.send(order);
          return answerOf<Answer>(child, what);
        };
        runners.push({
          name,
          check: (thorough) => ask<string>({ thorough }),
          time: (times, want) => ask<number>({ times, want }),
        });
      }
      return await measure(race, runners);
    } finally {
      for (const { child } of children) child.kill();
    }
  });
}

function named(name: string, act: () => Promise<readonly Result[]>): Figure {
  const [where] = name.split(', ');
  return {
    name,
    measure: async () => (await act()).map((result) => ({ ...result, name: `${where}, ${result.name}` })),
  };
}

/** The figures of `@proto/codec`. */
export const codecFigures: readonly Figure[] = [
  ...races.map(byItself),
  ...speedRaces.map(together),
  ...speedRaces.map(apart),
  ...memoryFigures,
];
