import { parentPort, workerData } from 'node:worker_threads';
import { ClientError } from '../dial/client-error.ts';
import { runHere } from './run.ts';
import type { Command, Order, Report } from './threads.ts';

/** How often a thread reports its progress, ms. */
const PROGRESS_MS = 200;

const { endpoint, plan } = workerData as Order;
const port = parentPort!;
const run = runHere(endpoint, plan);
const say = (report: Report): void => port.postMessage(report);

async function drive(): Promise<void> {
  const ticker = setInterval(() => say({ kind: 'progress', progress: run.progress }), PROGRESS_MS);
  say({ kind: 'result', result: await run.drive() });
  clearInterval(ticker);
  port.close();
}

port.on('message', (command: Command) => {
  if (command === 'stop') run.stop();
  else void drive();
});
try {
  await run.connect();
  say({ kind: 'ready' });
} catch (error) {
  if (!(error instanceof ClientError)) throw error;
  say({ kind: 'failed', code: error.code, text: error.message });
  port.close();
}
