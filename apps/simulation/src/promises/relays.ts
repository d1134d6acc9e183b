import type { Client, Entry, Person } from '@proto/server';
import type { Player } from '../world/player.ts';
import type { World } from '../world/world.ts';
import { isOdd } from './answers.ts';
import { type Broken, Check } from './check.ts';
import type { Facts } from './facts.ts';
import { readEvent } from './reference.ts';

interface Message {
  readonly text: string;
  /** It's for one client. */
  readonly isPrivate: boolean;
}

/** What one record lets a client hear. */
interface Owed {
  readonly lines: readonly string[];
  /** Several clients were answered: nothing says in which order. */
  readonly isMixed: boolean;
}

/** What is known before a record is applied. */
interface Before {
  readonly people: ReadonlyMap<Client, Person>;
  readonly unanswered: ReadonlyMap<Client, number>;
}

/** Promise 18: what others say in its room reaches a client, once, in the order in which it was answered. */
export class Relays extends Check {
  readonly #facts: Facts;
  /** Messages that aren't answered yet. */
  readonly #said = new Map<Client, Message[]>();
  readonly #owed = new Map<Client, Owed[]>();
  /** Clients that came or went with a record that answered others, or may have been written to. */
  readonly #unsure = new Set<Client>();
  #before: Before | undefined;
  /** The connection of somebody in a room was gone: nobody knows any more what of it is answered. */
  #isLost = false;

  constructor(world: World, broken: Broken[], facts: Facts) {
    super(world, broken);
    this.#facts = facts;
  }

  /** Behind a quit, rooms are closed and begin again: what is answered then isn't counted. */
  get #isSeen(): boolean {
    const { nodes, handler, options, watcher } = this.world.plan;
    const isRelay = nodes === 1 && !handler && options.deliver !== 'sender';
    return isRelay && watcher !== 'nobody' && !this.#facts.hasQuit && !this.#isLost;
  }

  override before(_node: number, { record }: Entry): void {
    if (!this.#isSeen) return;
    const upper = this.world.plan.options.transform === 'upper';
    const made = (text: string): string => (upper ? text.toUpperCase() : text);
    if (record.type === 'line')
      this.#say(record.client, [{ text: made(record.text), isPrivate: record.to !== undefined }]);
    if (record.type === 'lines')
      this.#say(
        record.client,
        made(record.text)
          .split('\n')
          .slice(0, record.count)
          .map((text) => ({ text, isPrivate: false })),
      );
    this.#before = this.#said.size === 0 ? undefined : this.#look();
  }

  override after(): void {
    const before = this.#before;
    this.#before = undefined;
    if (before === undefined || !this.#isSeen) return;
    const after = this.#look();
    for (const client of this.#said.keys()) if (!before.people.has(client)) this.#said.delete(client);
    const speaking = [...this.#said.keys()];
    this.#isLost = [before, after].some(({ unanswered }) =>
      speaking.some((client) => !unanswered.has(client)),
    );
    if (this.#isLost) return;
    const groups = new Map<Client, string[]>();
    let speakers = 0;
    for (const client of this.#said.keys()) {
      const answered = before.unanswered.get(client)! - after.unanswered.get(client)!;
      if (answered <= 0) continue;
      speakers++;
      this.#answer(client, answered, before.people, after.people, groups);
    }
    for (const [client, lines] of groups)
      this.#owed.set(client, [...(this.#owed.get(client) ?? []), { lines, isMixed: speakers > 1 }]);
  }

  override over(): void {
    for (const [client, owed] of this.#owed) {
      const player = this.#facts.playerOf(client);
      if (player !== undefined && !this.#unsure.has(client) && this.#endedInOrder(player))
        this.#check(player, owed);
    }
  }

  #say(client: Client, messages: readonly Message[]): void {
    this.#said.set(client, [...(this.#said.get(client) ?? []), ...messages]);
  }

  #look(): Before {
    const { server } = this.world.nodes[0]!;
    const unanswered = [...this.#said.keys()].flatMap((client) => {
      const load = server.loadOf(client);
      return load === undefined ? [] : [[client, load.unanswered] as const];
    });
    return {
      people: new Map([...server.people()].map((person) => [person.client, person])),
      unanswered: new Map(unanswered),
    };
  }

  /** Some messages of a client were answered: everybody in its room hears them. */
  #answer(
    client: Client,
    count: number,
    before: Before['people'],
    after: Before['people'],
    groups: Map<Client, string[]>,
  ): void {
    const messages = this.#said.get(client)!.splice(0, count);
    if (this.#said.get(client)!.length === 0) this.#said.delete(client);
    const speaker = before.get(client);
    const room = speaker?.room;
    const isPrivate = messages.some((message) => message.isPrivate);
    // Its lines went along with it, and were answered there.
    const movedTo = after.get(client)?.room;
    for (const other of movedTo === room ? [] : [...before.values(), ...after.values()])
      if (other.room === room || other.room === movedTo) this.#unsure.add(other.client);
    const { deliver, events } = this.world.plan.options;
    for (const other of new Set([...before.keys(), ...after.keys()])) {
      const isThere = [before, after].filter((people) => people.get(other)?.room === room).length;
      if (isThere === 0) continue;
      if (isThere === 1 || isPrivate) this.#unsure.add(other);
      // Its own lines come back to it as answers, which nothing marks if events are off.
      if (other === client && (deliver === 'others' || events === 'on')) continue;
      const heard = messages.map(({ text }) => (events === 'on' ? `${speaker?.seat} ${text}` : text));
      groups.set(other, [...(groups.get(other) ?? []), ...heard]);
    }
  }

  #endedInOrder(player: Player): boolean {
    const { drop, wasKicked, wasForced, wasCut } = this.#facts.of(player);
    const isCut = drop !== undefined || wasKicked || wasForced || wasCut;
    if (player.ending !== 'FIN' || player.hasReset || isCut || isOdd(player)) return false;
    // What hasn't been read when the grace of a quit is over is cut. Without events, nothing says so.
    const { events, graceMs } = this.world.plan.options;
    if (events === 'on') return player.lines.at(-1)?.line.startsWith('* BYE ') === true;
    return !player.wasDeaf && player.plan.readBytes === 0 && (!this.#facts.hasQuit || graceMs! >= 1_000);
  }

  #check(player: Player, owed: readonly Owed[]): void {
    const heard = this.#heardBy(player);
    let at = 0;
    for (const { lines, isMixed } of owed) {
      const got = heard.slice(at, at + lines.length);
      at += lines.length;
      const [is, should] = [got, lines].map((all) => (isMixed ? all.toSorted() : all).join('\n'));
      if (is === should) continue;
      return this.break(
        18,
        `client ${player.index} heard ${JSON.stringify(got)}, and ${JSON.stringify(lines)} was said to it`,
      );
    }
    if (at < heard.length && !this.#facts.hasQuit && !this.#isLost)
      this.break(18, `client ${player.index} heard ${JSON.stringify(heard.slice(at))}, which nobody said`);
  }

  #heardBy(player: Player): string[] {
    const lines = player.lines.map(({ line }) => line);
    if (this.world.plan.options.events === 'off') return lines.filter((line) => !/^ERR [A-Z_]+ /.test(line));
    return lines.flatMap((line) => {
      const event = readEvent(line);
      return event?.verb === 'MSG' ? [event.rest] : [];
    });
  }
}
