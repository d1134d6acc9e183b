import { count, type Event, formatEvent } from '@proto/protocol';
import { escape, escapeJson } from '@proto/xray';
import type { Incoming } from '../library/client.ts';
import type { Outgoing } from '../library/outgoing.ts';

/** What a pipe writes of a conversation. Each method resolves when there is capacity for more. */
export interface PipeOutput {
  sent(line: string): Promise<void>;
  came(incoming: Incoming): Promise<void>;
}

/** Writes replies to a sink, as they came, and gives everything else to `note`, one line each, escaped. */
export function textOutput(replies: Outgoing, note: (line: string) => Promise<void>): PipeOutput {
  return {
    sent: () => Promise.resolve(),
    came(incoming) {
      const isReply = incoming.kind === 'answer' && incoming.answer.kind === 'reply';
      if (!isReply) return note(escape(wording(incoming)));
      replies.write(`${wording(incoming)}\n`);
      return replies.untilCapacity();
    },
  };
}

/**
 * Writes everything to one sink, one JSON object per line.
 *
 * Shape: `time` (ISO 8601), `direction` (`sent`, `received`), `line`; with `received` also `kind` (`reply`, `ok`,
 *        `refused`, `event`, `text`, `lost`), and an event or a refusal has `event` with its arguments. Only 0x20 to 0x7E.
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
      const event = eventOf(incoming);
      return write({ direction: 'received', kind, line: wording(incoming), ...(event && { event }) });
    },
  };
}

function eventOf(incoming: Incoming): Event | undefined {
  if (incoming.kind === 'event') return incoming.event;
  if (incoming.kind !== 'answer' || incoming.answer.kind !== 'refused') return undefined;
  const { code, text } = incoming.answer;
  return { verb: 'ERR', code, text };
}

function wording(incoming: Incoming): string {
  switch (incoming.kind) {
    case 'answer': {
      const { answer } = incoming;
      if (answer.kind === 'refused') return formatEvent(eventOf(incoming)!);
      return answer.kind === 'ok' ? '* OK' : answer.text;
    }
    case 'event':
      return formatEvent(incoming.event);
    case 'text':
      return incoming.text;
    default:
      return `${count(incoming.count, 'event')} dropped here`;
  }
}
