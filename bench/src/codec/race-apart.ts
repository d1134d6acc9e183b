// One race, in a process of its own; the results go to the parent.
import { races } from './races.ts';

const name = process.argv[2];
const race = races.find((figure) => figure.name === name);
if (race === undefined) throw new RangeError(`Cannot race ${name}: no race has this name`);
process.send?.(await race.measure());
process.disconnect();
