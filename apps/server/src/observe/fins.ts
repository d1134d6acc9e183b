import type { CloseReport, ServerEvents } from '../events/events.ts';
import type { Client, Place } from '../room/records.ts';
import type { Server } from '../server.ts';

/** One end of a connection has sent FIN: it sends no more. */
export interface Fin {
  readonly who: Place;
  readonly by: 'client' | 'server';
  /** Bytes that it sent before. */
  readonly bytes: number;
  /** Lines of the client that were read and aren't answered yet. */
  readonly unanswered: number;
  /** More of what the client sent waits to be read. */
  readonly hasUnread: boolean;
  /** The other end has sent FIN before: the connection is over. */
  readonly isBoth: boolean;
}

/** The FINs of a quit. */
export interface QuitFins {
  /** Clients that the server sent FIN to. */
  readonly sent: readonly Place[];
  /** Clients that sent FIN. */
  readonly received: readonly Place[];
}

/** Shows each FIN, except those of quits that close others: a quit has one account of them. A reset is no FIN. */
export class Fins {
  readonly #server: Server;
  readonly #show: (fin: Fin) => void;
  /** Clients that a quit has reached, and which directions have ended since. They are forgotten when the quit is over. */
  readonly #reached = new Map<Client, Set<'read' | 'write'>>();

  constructor(server: Server, show: (fin: Fin) => void) {
    this.#server = server;
    this.#show = show;
    server.on('quit', ({ told }) => {
      for (const { client } of told) this.#reached.set(client, new Set());
    });
    server.on('chunkEnd', (end) => this.#ended(end));
  }

  /** How many clients the quits that aren't over have reached. */
  get reached(): number {
    return this.#reached.size;
  }

  /** The FINs of a quit that is over. */
  take({ told }: Pick<CloseReport, 'told'>): QuitFins {
    const of = (direction: 'read' | 'write'): Place[] =>
      told.filter(({ client }) => this.#reached.get(client)?.has(direction) === true);
    const fins = { sent: of('write'), received: of('read') };
    for (const { client } of told) this.#reached.delete(client);
    return fins;
  }

  #ended({ client, room, seat, direction, from, how }: ServerEvents['chunkEnd'][0]): void {
    if (how !== 'FIN') return;
    const reached = this.#reached.get(client);
    if (reached !== undefined) return void reached.add(direction);
    const load = this.#server.loadOf(client);
    this.#show({
      who: { client, room, seat },
      by: direction === 'read' ? 'client' : 'server',
      bytes: from,
      unanswered: load?.unanswered ?? 0,
      hasUnread: load?.hasUnread ?? false,
      isBoth: (direction === 'read' ? load?.hasFlushed : load?.hasEnded) ?? false,
    });
  }
}
