import { BYTES_PER_LINE } from '../../options/options.ts';
import type { Client } from '../../room/records.ts';
import type { Session } from '../session.ts';

/** Lines charged more than this fraction of an outbox aren't kept back. */
const PART_OF_OUTBOX = 1 / 8;

/** How lines are sent to one client. */
export type Send = (session: Session, wire: string, count: number) => void;

/**
 * Lines for the same clients are joined, and given to each client once per pass of the event loop, as one string for
 * all. A relay to a thousand costs a thousand times one push, no matter how many lines there were.
 */
export class Crowd {
  readonly #sessionOf: (client: Client) => Session | undefined;
  readonly #send: Send;
  readonly #mostBytes: number;
  /** Sessions by the list of clients. The room keeps the same list as long as nobody comes or goes. */
  readonly #known = new WeakMap<readonly Client[], readonly Session[]>();
  #to: readonly Client[] | undefined;
  #except: Client | undefined;
  #wire = '';
  #count = 0;

  constructor(maxOutboxBytes: number, sessionOf: (client: Client) => Session | undefined, send: Send) {
    this.#mostBytes = maxOutboxBytes * PART_OF_OUTBOX;
    this.#sessionOf = sessionOf;
    this.#send = send;
  }

  /** Whether anybody in a list is connected here. */
  reaches(to: readonly Client[]): boolean {
    return to === this.#to || this.#sessions(to).length > 0;
  }

  push(to: readonly Client[], except: Client | undefined, wire: string, count: number): void {
    if (to !== this.#to || except !== this.#except) this.flush();
    this.#to = to;
    this.#except = except;
    this.#wire += wire;
    this.#count += count;
    if (this.#wire.length + BYTES_PER_LINE * this.#count > this.#mostBytes) this.flush();
  }

  /** Call this before a line for one client: what it gets together with others comes first. */
  before(client: Client): void {
    if (this.#to !== undefined && client !== this.#except) this.flush();
  }

  flush(): void {
    const to = this.#to;
    if (to === undefined) return;
    const [wire, count, except] = [this.#wire, this.#count, this.#except];
    this.#to = undefined;
    this.#wire = '';
    this.#count = 0;
    for (const session of this.#sessions(to)) {
      if (session.client !== except) this.#send(session, wire, count);
    }
  }

  #sessions(clients: readonly Client[]): readonly Session[] {
    let sessions = this.#known.get(clients);
    if (sessions === undefined) {
      sessions = clients.flatMap((client) => this.#sessionOf(client) ?? []);
      this.#known.set(clients, sessions);
    }
    return sessions;
  }
}
