import type { Event } from '@proto/protocol';
import type { Item } from './item.ts';
import type { Member } from '../member.ts';
import type { HandlerResult, Outcome } from '../records.ts';
import type { Seats } from '../seats.ts';
import type { Voice } from '../voice.ts';

export interface AnswersOptions {
  readonly deliver: 'sender' | 'others' | 'all';
}

/** The results of a message: exactly one answer to its sender, and what others get. */
export class Answers {
  readonly #options: AnswersOptions;
  readonly #seats: Seats;
  readonly #voice: Voice;

  constructor(options: AnswersOptions, seats: Seats, voice: Voice) {
    this.#options = options;
    this.#seats = seats;
    this.#voice = voice;
  }

  /** Answers with what the handler made of the message. */
  handled(member: Member, item: Item, result: HandlerResult, out: Outcome): void {
    if ('error' in result) return this.#refuse(member, item, 'HANDLER', result.error, out);
    const { text } = result;
    if (text === undefined) this.#close(member, item, { verb: 'OK' }, out);
    else this.deliver(member, item, text, out);
  }

  /** Delivers what was taken last, which is already transformed. */
  deliverTaken(member: Member, item: Item, out: Outcome): void {
    if (!item.isRun || this.#options.deliver !== 'sender') {
      return this.deliver(member, item, item.line, out);
    }
    this.#voice.replyFrom(out, member, item);
    this.#closed(member, item, out);
  }

  /** Delivers a whole run that nothing waits before, already transformed. */
  deliverRun(member: Member, text: string, count: number, out: Outcome): void {
    const { client, seat } = member;
    const { deliver } = this.#options;
    if (deliver !== 'sender') this.#voice.tellRun(out, this.#seats.everyone, seat, text, count, client);
    if (deliver === 'others') this.#voice.okRun(out, client, count);
    else this.#voice.replyRun(out, client, text, count);
    this.#answered(member, count, out);
  }

  /** Delivers the transformed message to its recipients. */
  deliver(member: Member, item: Item, text: string, out: Outcome): void {
    if (item.to !== undefined) return this.#deliverTo(item.to, member, item, text, out);
    const { deliver } = this.#options;
    if (deliver !== 'sender') {
      this.#voice.tell(out, this.#seats.everyone, { verb: 'MSG', seat: member.seat, text }, member.client);
    }
    this.#close(member, item, deliver === 'others' ? { verb: 'OK' } : text, out);
  }

  #deliverTo(to: string, member: Member, item: Item, text: string, out: Outcome): void {
    const target = this.#seats.find(to);
    if (target === undefined) {
      const error = `Cannot send to ${to.slice(0, 32)}: nobody here has that seat or name`;
      return this.#refuse(member, item, 'NO_SEAT', error, out);
    }
    this.#voice.tell(out, target.client, { verb: 'MSG', seat: member.seat, text });
    this.#close(member, item, { verb: 'OK' }, out);
  }

  #refuse(member: Member, item: Item, code: 'HANDLER' | 'NO_SEAT', text: string, out: Outcome): void {
    this.#close(member, item, { verb: 'ERR', code, text }, out);
  }

  #close(member: Member, item: Item, answer: Event | string, out: Outcome): void {
    if (typeof answer === 'string') this.#voice.reply(out, member.client, answer);
    else this.#voice.tell(out, member.client, answer);
    this.#closed(member, item, out);
  }

  /** After the answer, sends the faults that waited for it. */
  #closed(member: Member, item: Item, out: Outcome): void {
    this.#answered(member, item.count, out);
    if (!item.isTaken) return;
    for (const fault of item.faults) this.#voice.tell(out, member.client, { verb: 'ERR', ...fault });
    if (member.newest === item) member.newest = undefined;
  }

  #answered(member: Member, lines: number, out: Outcome): void {
    member.served += lines;
    out.served.push({ client: member.client, lines });
  }
}
