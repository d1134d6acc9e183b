export { type Clock, systemClock } from './clock.ts';
export type { PhaseReport, QuitReport } from './closing.ts';
export type { Turn } from './participant.ts';
export {
  type AddOptions,
  QuitGroup,
  type QuitGroupOptions,
  type QuitOptions,
  type QuitPolicy,
} from './quit-group.ts';
export type { Anything, MemberReport, QuitMember, QuitOutcome } from './quit-member.ts';
export { SchedulerError, type SchedulerErrorCode } from './scheduler-error.ts';
export { type JoinOptions, type Order, TurnQueue, type TurnQueueOptions } from './turn-queue.ts';
