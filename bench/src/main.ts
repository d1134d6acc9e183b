import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { codecFigures } from './codec/figures.ts';
import type { Figure } from './figure.ts';
import { loadFigures } from './load/figures.ts';
import { manyFigures } from './many/figures.ts';
import { report } from './report.ts';
import { schedulerFigures } from './scheduler/figures.ts';
import { againstFigures } from './server/against.ts';
import { serverFigures } from './server/figures.ts';
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
  },
});

const groups = (): Readonly<Record<string, readonly Figure[]>> => {
  if (values.against !== undefined) {
    // A package manager starts this in the folder of the package. A person names a folder from their own.
    return { server: againstFigures(resolve(process.env['INIT_CWD'] ?? '.', values.against)) };
  }
  return {
    codec: codecFigures,
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
process.exitCode = (await report(chosen, values.json)) ? 0 : 1;
