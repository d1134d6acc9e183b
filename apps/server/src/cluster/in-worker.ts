import { Worker } from 'node:worker_threads';
import type { SnapshotTask } from './snapshot-worker.ts';

/** The program of the thread. This file is built into one that lies beside its folder. */
const PROGRAM = new URL('./cluster/snapshot-worker.js', import.meta.url);

/** A thread that takes longer is ended. In milliseconds. */
const MOST_MS = 600_000;

/**
 * Takes a snapshot in a thread of its own.
 *
 * Errors: rejects with what ended the thread.
 */
export function snapshotInWorker(task: SnapshotTask): Promise<void> {
  const worker = new Worker(PROGRAM, { workerData: task });
  const timer = setTimeout(() => void worker.terminate(), MOST_MS);
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => {
      clearTimeout(timer);
      if (code === 0) resolve();
      else reject(new Error(`the thread ended with ${code}`));
    });
  });
}
