export {
  FairQueue,
  type FairQueueOptions,
  type QueueQuitOptions,
  type QueueQuitReport,
  type RunOptions,
} from '../fair-queue.ts';
export type { KeyStats, QueueStats } from './key-tally.ts';
export { SchedulerError, type SchedulerErrorCode } from '../scheduler-error.ts';
