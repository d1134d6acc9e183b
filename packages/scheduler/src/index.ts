export { type Clock, systemClock } from './clock.ts';
export type { QuitReport } from './closing.ts';
export type { Portion, Turn } from './participant.ts';
export { QuitGroup, type QuitGroupOptions, type QuitOptions, type QuitPolicy } from './quit-group.ts';
export type { MemberReport, QuitMember, QuitOutcome } from './quit-member.ts';
export { SchedulerError, type SchedulerErrorCode } from './scheduler-error.ts';
export { type JoinOptions, type Order, TurnQueue, type TurnQueueOptions } from './turn-queue.ts';
