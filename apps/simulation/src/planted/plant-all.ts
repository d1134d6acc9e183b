import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { workTogether } from '../run/workers.ts';
import { PLANTED } from './faults.ts';

/** Each has to be found within this many conversations, or by a plan that was kept. */
const MOST = 10_000;
const FOUND = fileURLToPath(new URL('../../test/found/', import.meta.url));

/** Plants each fault, one after the other, and says how soon it is found. False: one of them is not. */
export async function plantAll(workers: number, only: string, say: (line: string) => void): Promise<boolean> {
  const plant = new URL('plant.mjs', import.meta.url).href;
  const execArgv = [`--import=${plant}`, ...process.execArgv];
  const kept = readdirSync(FOUND).map((name) => `${FOUND}${name}`);
  let isFound = true;
  for (const fault of PLANTED.filter(({ name }) => name.includes(only))) {
    const env = { ...process.env, PLANT: JSON.stringify(fault) };
    const share = { from: 1, most: MOST, seconds: 1e9, untilBroken: true, kept, workers };
    const { conversations, failures } = await workTogether(share, () => {}, execArgv, env);
    const [first] = failures;
    if (first === undefined) isFound = false;
    const how = first === undefined ? 'NOT FOUND' : `promise ${first.broken[0]!.promise}, seed ${first.seed}`;
    const where = conversations < MOST ? '' : ' and those that were kept';
    say(`${fault.name}: ${how}, after ${Math.min(conversations, MOST)} conversations${where}`);
  }
  return isFound;
}
