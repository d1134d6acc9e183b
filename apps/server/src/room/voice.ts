import { type Event, formatEvent, formatReply } from '@proto/protocol';
import type { Client, Outcome, RunDelivery } from './records.ts';

/** Coming and going is told in rooms up to this size; `/who` lists as many. */
export const TOLD_CLIENTS = 256;

/** Events that a client gets bare where events are off. */
const BARE: ReadonlySet<Event['verb']> = new Set(['MSG', 'ERR']);

const OK_LINE = `${formatEvent({ verb: 'OK' })}\n`;

/**
 * Puts replies and events into an outcome. With events off: replies, relayed text and errors only, bare,
 * nothing doubled.
 */
export class Voice {
  readonly #events: boolean;

  constructor(events: boolean) {
    this.#events = events;
  }

  /** The answer to a message, as a bare line. */
  reply(out: Outcome, client: Client, text: string): void {
    out.deliveries.push({ to: client, except: undefined, line: this.#events ? formatReply(text) : text });
  }

  /** Answers to messages, in one piece; none begins with `*`. */
  replyRun(out: Outcome, to: Client, run: Omit<RunDelivery, 'to' | 'except'>): void {
    out.deliveries.push({ to, except: undefined, ...run });
  }

  /** `* OK`, so many times. */
  okRun(out: Outcome, client: Client, count: number): void {
    if (!this.#events) return;
    const run = OK_LINE.repeat(count);
    this.replyRun(out, client, { run, from: 0, end: run.length, count });
  }

  /** `* MSG` for every line of a run. */
  tellRun(
    out: Outcome,
    to: readonly Client[],
    seat: number,
    text: string,
    count: number,
    except: Client,
  ): void {
    const prefix = this.#events ? formatEvent({ verb: 'MSG', seat, text: '' }) : '';
    const run = prefix === '' ? text : prefixed(text, prefix);
    out.deliveries.push({ to, except, run, from: 0, end: run.length, count });
  }

  tell(out: Outcome, to: Client | readonly Client[], event: Event, except?: Client): void {
    if (this.#events) out.deliveries.push({ to, except, line: formatEvent(event) });
    else if (BARE.has(event.verb)) out.deliveries.push({ to, except, line: bare(event) });
  }

  /** Tells what a crowd would drown in. */
  tellFew(out: Outcome, to: readonly Client[], event: Event, except: Client): void {
    if (to.length <= TOLD_CLIENTS) this.tell(out, to, event, except);
  }
}

/** Lines with `prefix` before each. */
function prefixed(text: string, prefix: string): string {
  const lines = text.split('\n');
  lines.pop();
  return `${prefix}${lines.join(`\n${prefix}`)}\n`;
}

function bare(event: Event): string {
  if (event.verb === 'MSG') return event.text;
  return formatEvent(event).slice(2);
}
