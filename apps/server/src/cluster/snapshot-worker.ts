import { workerData } from 'node:worker_threads';
import type { LedgerSetup } from './ledger.ts';
import type { Position } from './log.ts';
import { openLog } from './open-log.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** What a worker that takes one snapshot is told. */
export interface SnapshotTask {
  readonly join: string;
  readonly cluster: string;
  readonly creds: string | undefined;
  readonly setup: LedgerSetup;
  readonly upTo: Position;
  readonly since: Position;
}

// A thread of its own: to apply and write down 100,000 clients takes seconds, in which a server would serve nobody.
const { join, setup, upTo, since, ...options } = workerData as SnapshotTask;
const log = await openLog(join, { ...options, warn: () => {} });
await takeSnapshot(log, setup, { upTo, since });
await log.close();
