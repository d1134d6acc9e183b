import type { Command, ErrorCode } from '@proto/protocol';

/** A connection, by the number the server gave it. Never given twice. */
export type Client = number;

/**
 * What can happen, as plain data: the only input of the rooms. The same records give the same outcomes, on any
 * machine.
 *
 * `client`: whom it concerns. `room`: by its name. `address`: host and port, or a path. `text`: without a line end, except
 * in `lines`. `code`: what follows `* ERR`. `command`: as `parse` returned it. `reason`: for people. `turn`: the number of
 * the turn. `ticket`: the number of the work. `result`: a text, nothing, or an error.
 */
export type RoomRecord =
  /** A client comes in, to the default room. */
  | { readonly type: 'join'; readonly client: Client; readonly address: string }
  /** A message. `to`: a seat or a name. */
  | {
      readonly type: 'line';
      readonly client: Client;
      readonly text: string;
      readonly to?: string | undefined;
    }
  /** Consecutive messages in one piece, each followed by an LF. None is a command or begins with `*`. */
  | {
      readonly type: 'lines';
      readonly client: Client;
      readonly text: string;
      /** The number of messages, from 1. */
      readonly count: number;
    }
  /** A line at fault (an answer, in its place) or a command that is refused (a notice, at once). */
  | { readonly type: 'fault'; readonly client: Client; readonly code: ErrorCode; readonly text: string }
  | { readonly type: 'command'; readonly client: Client; readonly command: RoomsCommand }
  /** The client has stopped sending. Its lines keep their turns, then it is closed. */
  | { readonly type: 'end'; readonly client: Client; readonly reason: string }
  /** The client is gone: its waiting lines are dropped, its turn passes. */
  | { readonly type: 'leave'; readonly client: Client; readonly reason: string }
  /**
   * The room has waited long enough for the client whose turn it is. Does nothing once the turn with this number is
   * over.
   */
  | { readonly type: 'skip'; readonly client: Client; readonly turn: number; readonly reason: string }
  /** The client reads too slowly to be served (`slow`), or can be served again. */
  | { readonly type: 'slow'; readonly client: Client; readonly slow: boolean }
  /** What the handler made of the work with this ticket. */
  | {
      readonly type: 'done';
      readonly client: Client;
      readonly ticket: number;
      readonly result: HandlerResult;
    }
  /** Closes everybody. `client`: who quit; none for a signal. */
  | { readonly type: 'quit'; readonly client: Client | undefined; readonly reason: string }
  /** Holds the turns of a room (`on`), or lets them go on. Does nothing for a room that does not exist. */
  | { readonly type: 'hold'; readonly room: string; readonly on: boolean }
  /** Serves at most `turns` lines of a held room, in its order. */
  | { readonly type: 'step'; readonly room: string; readonly turns: number }
  /** The operator ends a client: its waiting lines are dropped, it gets a last line, and is closed. `whom`: of any server. */
  | { readonly type: 'kick'; readonly whom: Client; readonly reason: string }
  /** The operator says something to a room, or to everybody. */
  | { readonly type: 'say'; readonly room: string | undefined; readonly text: string }
  /**
   * The pass of the event loop is over: serve the lines left over, and announce whom the rooms wait for; in at most this
   * many `rooms`, if it says so. The next tick begins with the others.
   */
  | { readonly type: 'tick'; readonly rooms?: number };

/** A command that the rooms execute. A token is sent before there is a client. */
export type RoomsCommand = Exclude<Command, { verb: 'auth' }>;

/** A command that a single room executes; the others involve several rooms. */
export type RoomCommand = Exclude<RoomsCommand, { verb: 'quit' | 'join' }>;

/** `text: undefined`: the handler has nothing to say. `error`: it failed; the text is sent to the client. */
export type HandlerResult = { readonly text: string | undefined } | { readonly error: string };

/** For one client, or for everybody in `to` but `except`. `to` stays the same array while nobody comes or goes. */
interface Addressed {
  readonly to: Client | readonly Client[];
  readonly except: Client | undefined;
}

/** One line, without its end. */
export interface LineDelivery extends Addressed {
  readonly line: string;
}

/**
 * Lines in one piece, each followed by an LF: `count` of them, in `run` from `from` to `end`. Made only of checked
 * text.
 */
export interface RunDelivery extends Addressed {
  readonly run: string;
  readonly from: number;
  readonly end: number;
  readonly count: number;
}

export type Delivery = LineDelivery | RunDelivery;

/** A line for the handler. Its result comes back as a `done` record with the same ticket. */
export interface Work {
  readonly client: Client;
  readonly ticket: number;
  readonly room: string;
  readonly seat: number;
  readonly name: string;
  readonly text: string;
}

/** A quit that closes others, not only the client that quit. */
export interface Quit {
  /** `all`: every client of the server. `room`: those in the quitter's room. */
  readonly scope: 'all' | 'room';
  readonly by: Client | undefined;
  /** The seat of the client that quit; none for a signal. */
  readonly seat: number | undefined;
  /** Its room; none for a signal. */
  readonly room: string | undefined;
  /** For people; `quit` if the client gave none. */
  readonly reason: string;
  readonly clients: readonly Client[];
}

/** Where a client sits. */
export interface Place {
  /** Never given twice. */
  readonly client: Client;
  /** The name of the room. */
  readonly room: string;
  /** Its number in that room, from 1. */
  readonly seat: number;
}

/** A client that took a seat. `have` are in the room now, which waits for `want` before its first turn. */
export interface Came extends Place {
  readonly address: string;
  /** If it brought one from another room. */
  readonly name?: string;
  readonly have: number;
  readonly want: number;
}

/** A client that gave up its seat. */
export interface Left extends Place {
  readonly address: string;
  readonly reason: string;
}

/** A client that took a name in its room. */
export interface Named extends Place {
  readonly name: string;
}

/** A room whose turns are held from now on, or go on. */
export interface Held {
  readonly room: string;
  readonly on: boolean;
}

/** How many lines of a client were answered in one step. */
export interface Served {
  readonly client: Client;
  readonly lines: number;
}

/**
 * What became of the turn with this `number`, counted from 1 in its room. `state`: `held` means that the room no longer
 * waits for the client, because its turns are held. `before`: the position in the outcome's list of the delivery that it
 * precedes.
 */
export interface Turn extends Place {
  readonly number: number;
  readonly state: 'served' | 'skipped' | 'waiting' | 'held';
  readonly before: number;
}

/**
 * Consecutive used turns: those in `ring`, one after another, round after round, `count` in total. `number` is that of
 * the first, and `room` where they were used. `before`: the delivery of the outcome that they all precede.
 */
export interface Rounds {
  readonly room: string;
  readonly number: number;
  readonly count: number;
  readonly ring: readonly Omit<Place, 'room'>[];
  readonly before: number;
}

/** A record in the journal's order. */
export interface Entry {
  /** From 1, without a gap. */
  readonly seq: number;
  /** Milliseconds on the clock that stamped it. */
  readonly at: number;
  /** What happened. */
  readonly record: RoomRecord;
}

/** What the rooms made of a record: all that follows from it. Lists are in order. */
export interface Outcome {
  readonly deliveries: Delivery[];
  readonly work: Work[];
  /** How many lines were answered, by client. Those clients may be read again. */
  readonly served: Served[];
  /** Clients whose last line is among the deliveries. */
  readonly closed: Client[];
  readonly came: Came[];
  readonly left: Left[];
  /** Names that were taken here. A name brought from another room is in `came`. */
  readonly named: Named[];
  /** Strict order: turns that were used or skipped, or that the room now waits for. */
  readonly turns: (Turn | Rounds)[];
  /** Strict order: clients that have let too many turns pass. The room waits for them no more, until they say a line. */
  readonly passedOver: Place[];
  readonly quits: Quit[];
  readonly held: Held[];
  /** Some lines that could be served were left over: a `tick` is needed. */
  more: boolean;
}

/**
 * Empties an outcome that was carried out, for the next record. Creating one for each line would cost more than the
 * line.
 */
export function emptied(out: Outcome): Outcome {
  drop(out.deliveries);
  drop(out.work);
  drop(out.served);
  drop(out.closed);
  drop(out.came);
  drop(out.left);
  drop(out.named);
  drop(out.turns);
  drop(out.passedOver);
  drop(out.quits);
  drop(out.held);
  out.more = false;
  return out;
}

// Setting the length would release the memory, and the next push would allocate it again.
function drop(list: unknown[]): void {
  while (list.length > 0) list.pop();
}

/** An outcome with nothing in it. */
export function nothing(): Outcome {
  return {
    deliveries: [],
    work: [],
    served: [],
    closed: [],
    came: [],
    left: [],
    named: [],
    turns: [],
    passedOver: [],
    quits: [],
    held: [],
    more: false,
  };
}

/** The client of a record, if it has one. */
export function clientOf(record: RoomRecord): Client | undefined {
  return 'client' in record ? record.client : undefined;
}
