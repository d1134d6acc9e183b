export { FairQueue, type QueueQuitReport } from '../fair-queue.ts';
export type { TaskContext } from './job.ts';
export type {
  FairQueueOptions,
  HoldOptions,
  QueueQuitOptions,
  Rate,
  RunOptions,
  SlotAfterTimeout,
  UntilOptions,
} from './settings.ts';
export type { KeyStats, QueueStats, TaskInfo } from './stats.ts';
export { SchedulerError, type SchedulerErrorCode } from '../scheduler-error.ts';
