export {
  dumpTurns,
  type FairShare,
  type ParticipantDump,
  type TurnQueueDump,
  turnsFrom,
  type WaitingDump,
} from './turn-queue-dump.ts';
