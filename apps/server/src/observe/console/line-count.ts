import type { Clock } from '@proto/scheduler';
import type { Counts } from '../../events/counts.ts';
import type { Client } from '../../room/records.ts';
import { MOST_SENDERS, type SenderTally } from '../../events/senders.ts';
import type { Server } from '../../server.ts';

/** Outgoing lines are reported too if there are more than this per incoming line, and so not just answers. */
const OUT_FOR_EACH_IN = 3;
/** A rate is reported from this many lines a second on. Below that, the exact number is reported. */
const LEAST_RATE = 10;

/** Lines that were not shown. */
export interface Counted {
  readonly linesIn: number;
  readonly linesOut: number;
  /** How many clients sent the incoming lines, up to `MOST_SENDERS`. */
  readonly senders: number;
  /** How long they were counted. */
  readonly ms: number;
}

/** Lines that events tell one by one. */
export interface Lines {
  linesIn: number;
  linesOut: number;
}

/** Those that a server has counted. Malformed ones are shown as faults. */
export function linesOf({ linesIn, malformed, linesOut }: Readonly<Counts>): Lines {
  return { linesIn: linesIn - malformed, linesOut };
}

/** Counts lines without listening to them, from the numbers that a server has anyway. */
export class LineCount {
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #tally: SenderTally;
  #linesIn: number;
  #linesOut: number;
  #since: number;

  /** `shown`: of the lines that the server has counted, those that were shown or came before anybody listened. */
  constructor(server: Server, clock: Clock, shown: Lines = linesOf(server.counts)) {
    this.#server = server;
    this.#clock = clock;
    this.#tally = server.senders.open();
    this.#linesIn = shown.linesIn;
    this.#linesOut = shown.linesOut;
    this.#since = clock.now();
  }

  /** A line of this client is not shown; the tally was not open yet when it came. */
  sentBy(client: Client): void {
    this.#tally.add(client);
  }

  /** A line to a client is shown after all. */
  isShown(): void {
    this.#linesOut++;
  }

  /** What has come since the beginning, or since the last call. */
  take(): Counted {
    const { linesIn, linesOut } = linesOf(this.#server.counts);
    const now = this.#clock.now();
    const counted = {
      linesIn: linesIn - this.#linesIn,
      linesOut: linesOut - this.#linesOut,
      senders: this.#tally.take(),
      ms: now - this.#since,
    };
    this.#linesIn = linesIn;
    this.#linesOut = linesOut;
    this.#since = now;
    return counted;
  }

  close(): void {
    this.#tally.close();
  }
}

/**
 * What people are told about lines that aren't shown: `12,345 lines/s from 50 clients, not shown one by one`.
 * `undefined`: there were none.
 *
 * Units:  lines a second over the time counted; plain lines if there were fewer than ten a second, or `isWhole`.
 */
export function countText({ linesIn, linesOut, senders, ms }: Counted, isWhole = false): string | undefined {
  const most = Math.max(linesIn, linesOut);
  if (most === 0) return undefined;
  const least = Math.min(linesIn || most, linesOut || most);
  const isRate = !isWhole && least * 1_000 >= LEAST_RATE * ms;
  const lines = (count: number): string => {
    const shown = isRate ? Math.round((count * 1_000) / ms) : count;
    return `${number(shown)} ${shown === 1 ? 'line' : 'lines'}${isRate ? '/s' : ''}`;
  };
  const over = senders === MOST_SENDERS ? 'at least ' : '';
  const from = `${lines(linesIn)} from ${over}${number(senders)} ${senders === 1 ? 'client' : 'clients'}`;
  const to = `${lines(linesOut)} to clients`;
  const both = linesOut > OUT_FOR_EACH_IN * linesIn ? `${from} and ${to}` : from;
  return `${linesIn === 0 ? to : both}, not shown one by one`;
}

/** Not by `toLocaleString`: its first call stops the event loop for ten milliseconds. */
function number(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
