import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { createServer } from '@proto/server';
import { delays } from '../delays.ts';

/** Our server, which answers each line after the next of the known delays. Says its port. Argument: SEED. */
const known = delays(Number(process.argv[2]));
let handled = 0;

async function capitals(line: string): Promise<string> {
  const dueMs = performance.now() + known[handled++ % known.length]!;
  // A timer may be two milliseconds late: the last ones are waited for turn by pass of the event loop.
  await delay(dueMs - performance.now() - 2);
  while (performance.now() < dueMs) await nextTurn();
  return line.toUpperCase();
}

const server = createServer({ port: 0, order: 'free', quit: 'self', transform: capitals });
process.stdout.write(`${await server.listen()}\n`);
