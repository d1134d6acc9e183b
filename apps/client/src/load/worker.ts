import { parentPort, workerData } from 'node:worker_threads';
import { partHere } from './run.ts';
import type { Command, Order, Report } from './threads.ts';

/** How often a thread reports its progress, ms. */
const PROGRESS_MS = 200;

const { endpoint, plan } = workerData as Order;
const port = parentPort!;
const part = partHere(endpoint, plan);
const say = (report: Report): void => port.postMessage(report);

const ticker = setInterval(() => say({ kind: 'progress', progress: part.progress }), PROGRESS_MS);

function end(): void {
  clearInterval(ticker);
  port.close();
}

async function drive(): Promise<void> {
  say({ kind: 'result', result: await part.drive() });
  end();
}

port.on('message', (command: Command) => {
  if (command === 'drive') void drive();
  else if (command === 'stop') part.stop();
  else {
    part.destroy();
    end();
  }
});
const { refusal, waiting } = await part.connect();
const refused = refusal && { code: refusal.code, text: refusal.message };
say({ kind: 'ready', waiting, refused });
