// One race, in a process that has run all others before; the results go to the parent.
import { measure } from '../race.ts';
import { doOtherThings, speedRaces } from './speed.ts';

const name = process.argv[2];
const race = speedRaces.find((one) => one.name === name);
if (race === undefined) throw new RangeError(`Cannot race ${name}: no race has this name`);
await doOtherThings();
process.send?.(await measure(race));
process.disconnect();
