import { formatEvent } from '@proto/protocol';
import { escape, escapeJson } from '@proto/xray';
import type { Incoming } from '../library/client.ts';
import type { Outgoing } from '../library/outgoing.ts';

/** What a pipe writes of a conversation. Each method resolves when there is capacity for more. */
export interface PipeOutput {
  sent(line: string): Promise<void>;
  came(incoming: Incoming): Promise<void>;
}

/** Writes replies to one sink, as they came, and everything else to the other, escaped. */
export function textOutput(replies: Outgoing, notes: Outgoing): PipeOutput {
  return {
    sent: () => Promise.resolve(),
    came(incoming) {
      const isReply = incoming.kind === 'answer' && incoming.answer.kind === 'reply';
      const sink = isReply ? replies : notes;
      sink.write(`${isReply ? wording(incoming) : escape(wording(incoming))}\n`);
      return sink.untilCapacity();
    },
  };
}

/**
 * Writes everything to one sink, one JSON object per line.
 *
 * Shape: `time` (ISO 8601), `direction` (`sent`, `received`), `line`; with `received` also `kind` (`reply`, `ok`,
 *        `refused`, `event`, `text`, `lost`), and `event` with its arguments. Only 0x20 to 0x7E.
 */
export function jsonOutput(sink: Outgoing): PipeOutput {
  const write = (fields: object): Promise<void> => {
    sink.write(`${escapeJson(JSON.stringify({ time: new Date().toISOString(), ...fields }))}\n`);
    return sink.untilCapacity();
  };
  return {
    sent: (line) => write({ direction: 'sent', line }),
    came(incoming) {
      const kind = incoming.kind === 'answer' ? incoming.answer.kind : incoming.kind;
      const event = incoming.kind === 'event' ? { event: incoming.event } : {};
      return write({ direction: 'received', kind, line: wording(incoming), ...event });
    },
  };
}

function wording(incoming: Incoming): string {
  switch (incoming.kind) {
    case 'answer': {
      const { answer } = incoming;
      if (answer.kind === 'refused')
        return formatEvent({ verb: 'ERR', code: answer.code, text: answer.text });
      return answer.kind === 'ok' ? '* OK' : answer.text;
    }
    case 'event':
      return formatEvent(incoming.event);
    case 'text':
      return incoming.text;
    default:
      return `${incoming.count} events were dropped here`;
  }
}
