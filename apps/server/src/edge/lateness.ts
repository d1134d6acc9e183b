import { count, type ErrorCode } from '@proto/protocol';
import type { Overdue } from './deadlines.ts';
import type { DropReason } from '../events/events.ts';
import type { Settings } from '../options/options.ts';

/** Why a connection is ended: a deadline has passed, or a line doesn't end. */
export type Lateness = Overdue | 'endless';

/** What the client is told, and the reason that others see. */
interface Farewell {
  readonly code: ErrorCode;
  readonly text: string;
  readonly reason: DropReason;
}

/** How much of a too long line is read before it counts as endless. */
export function endlessBytes({ maxLineBytes }: Pick<Settings, 'maxLineBytes'>): number {
  return Math.max(1_048_576, 2 * maxLineBytes);
}

/** Describes a lateness for the client, which has to be told before its `* BYE`, and for those who see it leave. */
export function whyLate(what: Exclude<Lateness, 'outbox' | 'ended'>, settings: Settings): Farewell {
  switch (what) {
    case 'line':
      return {
        code: 'LINE_TIMEOUT',
        text: `Line not ended within ${settings.partialLineTimeoutMs} ms of its first byte. Closing`,
        reason: 'line not ended in time',
      };
    case 'idle':
      return {
        code: 'IDLE_TIMEOUT',
        text: `Idle for ${settings.idleTimeoutMs} ms: closing. Send /ping to stay connected`,
        reason: 'idle',
      };
    default:
      return {
        code: 'LINE_ENDLESS',
        text: `Line too long: ${count(endlessBytes(settings), 'byte')} without a line end. Closing`,
        reason: 'line without end',
      };
  }
}
