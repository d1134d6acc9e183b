import { Worker } from 'node:worker_threads';
import type { SnapshotTask } from './snapshot-worker.ts';

/**
 * Takes a snapshot in a thread of its own.
 *
 * Errors: rejects with what ended the thread.
 */
export function snapshotInWorker(task: SnapshotTask): Promise<void> {
  const worker = new Worker(new URL('./snapshot-worker.js', import.meta.url), { workerData: task });
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the thread ended with ${code}`)),
    );
  });
}
