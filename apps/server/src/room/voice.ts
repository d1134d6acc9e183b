import { type Event, formatEvent, formatReply } from '@proto/protocol';
import type { Item } from './serving/item.ts';
import type { Member } from './member.ts';
import type { Client, Delivery, Outcome } from './records.ts';

/** Events that a client gets without a star if events are off. */
const BARE: ReadonlySet<Event['verb']> = new Set(['MSG', 'ERR']);

const OK_LINE = `${formatEvent({ verb: 'OK' })}\n`;

/**
 * Puts replies and events into an outcome. With events off: only replies, relayed text and errors, without a star, and
 * nothing doubled.
 */
export class Voice {
  readonly #events: boolean;
  /** Increases by one whenever something is said to which no answer may be joined. */
  #moment = 0;
  /** Whose answers of this outcome may be joined to. */
  readonly #answered: Member[] = [];

  constructor(events: boolean) {
    this.#events = events;
  }

  /** The answer to a message, as a bare line. */
  reply(out: Outcome, client: Client, text: string): void {
    this.#say(out, { to: client, except: undefined, line: this.#events ? formatReply(text) : text });
  }

  /** Answers to messages, in one piece; none begins with `*`. */
  replyRun(out: Outcome, to: Client, run: string, count: number): void {
    this.#say(out, { to, except: undefined, run, from: 0, end: run.length, count });
  }

  /**
   * Answers with the lines of a run that were taken last. If only such answers were sent since the line before them,
   * they are joined to that one: in strict order, a round of many clients is one delivery for each.
   */
  replyFrom(out: Outcome, member: Member, { text: run, from, end, count }: Item): void {
    const { said, saidAt, client: to } = member;
    if (said?.run === run && said.end === from && saidAt === this.#moment) {
      said.end = end + 1;
      said.count += count;
      return;
    }
    member.said = { to, except: undefined, run, from, end: end + 1, count };
    member.saidAt = this.#moment;
    this.#answered.push(member);
    out.deliveries.push(member.said);
  }

  /** Starts a new outcome: nothing is joined to what was said before. */
  begin(): void {
    this.#moment++;
    if (this.#answered.length === 0) return;
    // The text of a run isn't kept for those who say nothing more.
    for (const member of this.#answered) member.said = undefined;
    this.#answered.length = 0;
  }

  /** `* OK`, this many times. */
  okRun(out: Outcome, client: Client, count: number): void {
    if (!this.#events) return;
    const run = OK_LINE.repeat(count);
    this.replyRun(out, client, run, count);
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
    this.#say(out, { to, except, run, from: 0, end: run.length, count });
  }

  tell(out: Outcome, to: Client | readonly Client[], event: Event, except?: Client): void {
    if (this.#events) this.#say(out, { to, except, line: formatEvent(event) });
    else if (BARE.has(event.verb)) this.#say(out, { to, except, line: bare(event) });
  }

  #say(out: Outcome, delivery: Delivery): void {
    this.#moment++;
    out.deliveries.push(delivery);
  }
}

/** Lines with `prefix` before each. */
function prefixed(text: string, prefix: string): string {
  let lines = '';
  let from = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
    lines += prefix + text.slice(from, end + 1);
    from = end + 1;
  }
  return lines;
}

function bare(event: Event): string {
  if (event.verb === 'MSG') return event.text;
  return formatEvent(event).slice(2);
}
