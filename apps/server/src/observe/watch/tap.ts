import type { Message } from '@proto/watch';
import type { Chunk, QuitNotice, ServerEvents } from '../../events/events.ts';
import type { Place, Rounds, Turn } from '../../room/records.ts';
import type { Server } from '../../server.ts';
import { thrown } from '../../text/thrown.ts';

/** The most clients in one list. */
const MOST_CLIENTS = 10_000;
/** The most characters of a reason or an error. */
const TEXT_CHARS = 200;

/** Receives the events of a server. Events that come for each line arrive unconverted: most are never sent. */
export interface Sink {
  /** Milliseconds since the watch began, with one decimal. */
  readonly t: number;
  tell(message: Message): void;
  turn(turn: Turn): void;
  rounds(rounds: Rounds): void;
  chunk(chunk: Chunk): void;
}

/**
 * Passes the events of a server to a sink, and returns a function that stops it. It does not listen to `line` and `send`: a chunk
 * says the same, once for all its lines.
 */
export function tap(server: Server, sink: Sink): () => void {
  const offs: (() => void)[] = [];
  const hear = <Name extends keyof ServerEvents>(
    name: Name,
    listener: (event: ServerEvents[Name][0]) => void,
  ): void => {
    // The types of an emitter do not show that the name and its event belong together.
    const heard = listener as (event: unknown) => void;
    server.on(name, heard as never);
    offs.push(() => server.off(name, heard as never));
  };
  hear('listening', ({ address }) => sink.tell({ k: 'listening', t: sink.t, address }));
  hear('join', ({ client: c, room, seat, address, name, have, want }) =>
    sink.tell({ k: 'join', t: sink.t, c, room, seat, address, ...(name && { name }), have, want }),
  );
  hear('leave', ({ client: c, room, seat, reason }) =>
    sink.tell({ k: 'leave', t: sink.t, c, room, seat, reason: short(reason) }),
  );
  hear('drop', ({ client: c, room, seat, reason }) =>
    sink.tell({ k: 'drop', t: sink.t, c, room, seat, reason }),
  );
  hear('name', ({ client: c, name }) => sink.tell({ k: 'name', t: sink.t, c, name }));
  hear('refuse', ({ address, code }) => sink.tell({ k: 'refuse', t: sink.t, address, code }));
  hear('cut', ({ address, code }) => sink.tell({ k: 'cut', t: sink.t, address, code }));
  hear('fault', ({ client: c, code }) => sink.tell({ k: 'fault', t: sink.t, c, code }));
  hear('waited', ({ client: c, room, end, ms }) =>
    sink.tell({ k: 'waited', t: sink.t, room, c, end, ms: tenths(ms) }),
  );
  hear('chunkEnd', ({ client: c, direction: d, how, by, from }) =>
    sink.tell({ k: 'end', t: sink.t, c, d, how, by, from }),
  );
  hear('drain', ({ reason, ms }) => sink.tell({ k: 'drain', t: sink.t, reason: short(reason), ms }));
  hear('admin', ({ verb, rest }) =>
    sink.tell({ k: 'admin', t: sink.t, text: short(rest === '' ? verb : `${verb} ${rest}`) }),
  );
  hear('quit', (notice) => sink.tell(quitMessage(sink.t, notice)));
  hear('quitDone', ({ clean, forced, tookMs }) =>
    sink.tell({
      k: 'quitDone',
      t: sink.t,
      clean: clientsOf(clean),
      forced: clientsOf(forced),
      ms: tenths(tookMs),
    }),
  );
  hear('handlerError', ({ client: c, error }) =>
    sink.tell({ k: 'handlerError', t: sink.t, c, text: short(thrown(error).text) }),
  );
  hear('warning', ({ text }) => sink.tell({ k: 'warning', t: sink.t, text: short(text) }));
  hear('turn', (turn) => sink.turn(turn));
  hear('rounds', (rounds) => sink.rounds(rounds));
  hear('chunk', (chunk) => sink.chunk(chunk));
  return () => offs.forEach((off) => off());
}

/** A turn as a message. */
export function turnMessage(t: number, { room, number: n, client: c, seat, state }: Turn): Message {
  return { k: 'turn', t, room, n, c, seat, state };
}

/** Turns that were served in rounds, as a message. */
export function roundsMessage(t: number, { room, number: n, count, ring }: Rounds): Message {
  return { k: 'rounds', t, room, n, count, ring: ring.map(({ client }) => client) };
}

/** The beginning of a quit as a message. */
export function quitMessage(t: number, { scope, room, seat, reason, told }: QuitNotice): Message {
  return {
    k: 'quit',
    t,
    scope,
    ...(room !== undefined && { room }),
    ...(seat !== undefined && { seat }),
    reason: short(reason),
    told: clientsOf(told),
  };
}

/** A chunk as a message, with at most `most` of its bytes. */
export function chunkMessage(t: number, chunk: Chunk, most: number = Infinity): Message {
  const { client: c, direction: d, from, bytes, open } = chunk;
  const { buffer, byteOffset, length: len } = bytes;
  const b = Buffer.from(buffer, byteOffset, Math.min(len, most)).toString('latin1');
  return { k: 'chunk', t, c, d, from, len, b, ...(open > 0 && { open }) };
}

/** Milliseconds with one decimal, as in all messages. */
export function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** The beginning of a text whose length a peer controls. */
export function short(text: string): string {
  return text.slice(0, TEXT_CHARS);
}

function clientsOf(places: readonly Place[]): number[] {
  return places.slice(0, MOST_CLIENTS).map(({ client }) => client);
}
