import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { codecFigures } from './codec/figures.ts';
import type { Figure } from './figure.ts';
import { checkName, record, releaseOf } from './history/release.ts';
import { LEAST_PAIRS } from './interval.ts';
import { loadFigures } from './load/figures.ts';
import { manyFigures } from './many/figures.ts';
import { ASKED, CHANGED, report } from './report.ts';
import { schedulerFigures } from './scheduler/figures.ts';
import { againstFigures } from './server/against.ts';
import { serverFigures } from './server/figures.ts';
import { floorFigures } from './server/floors.ts';
import { logFigures } from './server/log.ts';
import { pageFigures } from './server/page.ts';
import { peerFigures } from './server/peers.ts';
import { watchFigures } from './server/watch.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    against: { type: 'string' },
    width: { type: 'string', default: '0.04' },
    'max-rounds': { type: 'string', default: '30' },
    record: { type: 'string' },
  },
});

/** The number of an option. Errors: throws a RangeError if it's less, or none at all. */
function numberOf(option: 'width' | 'max-rounds', least: number): number {
  const value = Number(values[option]);
  if (!(value >= least))
    throw new RangeError(`Cannot take --${option} ${values[option]}: expected a number from ${least} on`);
  return value;
}

const groups = (): Readonly<Record<string, readonly Figure[]>> => {
  if (values.against !== undefined) {
    const until = { width: numberOf('width', 0), maxRounds: numberOf('max-rounds', LEAST_PAIRS) };
    // A package manager starts this in the folder of the package. A person names a folder from their own.
    return { server: againstFigures(resolve(process.env['INIT_CWD'] ?? '.', values.against), until) };
  }
  return {
    codec: codecFigures,
    floors: floorFigures,
    load: loadFigures,
    many: manyFigures,
    page: pageFigures,
    peers: peerFigures,
    scheduler: schedulerFigures,
    server: serverFigures,
    watched: [...logFigures, ...watchFigures],
  };
};
const GROUPS = groups();

if (values.record !== undefined) {
  checkName(values.record);
  if (values.against !== undefined || positionals.join() !== 'server')
    throw new RangeError('Cannot record: the history is of bench server, and nothing else');
}

const names = positionals.length === 0 ? Object.keys(GROUPS) : positionals;
const chosen = names.flatMap((name) => {
  const figures = GROUPS[name];
  if (figures === undefined) {
    throw new RangeError(`Cannot measure ${name}: expected ${Object.keys(GROUPS).join(', ')}`);
  }
  return figures.filter((figure) => figure.name.includes(values.only));
});
if (chosen.length === 0)
  throw new RangeError(`Cannot measure --only ${values.only}: no figure has that in its name`);
const reported = await report(chosen, values.json, values.against === undefined ? ASKED : CHANGED);
if (values.record !== undefined) {
  record(releaseOf(values.record, reported));
  console.error(`recorded in bench/history/${values.record}.json, and drawn in bench/history.svg`);
}
process.exitCode = reported.ok ? 0 : 1;
