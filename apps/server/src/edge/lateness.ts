import type { ErrorCode } from '@proto/protocol';
import type { Overdue } from './deadlines.ts';
import type { DropReason } from '../events/events.ts';
import type { Settings } from '../options/options.ts';

/** Why a connection is ended: a deadline that has passed, or a line that has none. */
export type Lateness = Overdue | 'endless';

/** What a client hears of it, and the reason that the others see. */
interface Farewell {
  readonly code: ErrorCode;
  readonly text: string;
  readonly reason: DropReason;
}

/** How much is read of one line, at fault as it is, before it counts as one without an end. */
export function endlessBytes({ maxLineBytes }: Pick<Settings, 'maxLineBytes'>): number {
  return Math.max(1_048_576, 2 * maxLineBytes);
}

/** Words a lateness for the client, who has to hear it before its `* BYE`, and for those who see it leave. */
export function whyLate(what: Exclude<Lateness, 'outbox' | 'ended'>, settings: Settings): Farewell {
  switch (what) {
    case 'line':
      return {
        code: 'LINE_TIMEOUT',
        text: `Cannot wait on: a line that you began has not ended within ${settings.partialLineTimeoutMs} ms`,
        reason: 'line not ended in time',
      };
    case 'idle':
      return {
        code: 'IDLE_TIMEOUT',
        text: `Cannot wait on: nothing has come from you for ${settings.idleTimeoutMs} ms. /ping would have done`,
        reason: 'idle',
      };
    default:
      return {
        code: 'LINE_ENDLESS',
        text: `Cannot read on: ${endlessBytes(settings)} bytes of one line have come and no end`,
        reason: 'line without end',
      };
  }
}
