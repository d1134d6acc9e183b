// One contestant of one race, in a process of its own; runs whenever the parent says so.
import { contestantsOf, runHere } from '../race.ts';
import { speedRaces } from './speed.ts';

/** What the parent says: run once and give the digest, or run so many times and give the seconds. */
export type Order =
  | { readonly thorough: boolean }
  | { readonly times: number; readonly want: string | undefined };

const [, , name, who] = process.argv;
const race = speedRaces.find((one) => one.name === name);
const contestant = race && contestantsOf(race).find((one) => one.name === who);
if (contestant === undefined)
  throw new RangeError(`Cannot race ${who} in ${name}: there is no such contestant`);
const runner = runHere(contestant, race?.clock);

async function obey(order: Order): Promise<void> {
  process.send?.(
    'times' in order ? await runner.time(order.times, order.want) : await runner.check(order.thorough),
  );
}

process.on('message', (order: Order) => {
  obey(order).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
process.send?.('ready');
