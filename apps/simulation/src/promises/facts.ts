import type { Client, Entry, RoomRecord, ServerEvents } from '@proto/server';
import type { Player } from '../world/player.ts';
import { Check } from './check.ts';

const ANSWER_CODES = new Set([
  'FRAME_TOO_LONG',
  'FRAME_BAD_BYTE',
  'FRAME_BARE_CR',
  'FRAME_INCOMPLETE',
  'MESSAGE_MALFORMED',
]);

/** What is known of one client, from what has come back from the journal and what the server told. */
export interface Fact {
  client: Client | undefined;
  /** Answers that are due for what was accepted. */
  accepted: number;
  /** It ended its stream while no quit closed anybody. */
  wasInTime: boolean;
  /** Why nothing more is accepted of it. */
  over: 'end' | 'leave' | 'quit of somebody' | 'came too late' | undefined;
  wasKicked: boolean;
  /** Why the server dropped it, in its own words. */
  drop: string | undefined;
  wasForced: boolean;
  /** It spoke another protocol, or was not let in. */
  wasCut: boolean;
}

/** Collects what the checks have to know. It checks nothing itself. */
export class Facts extends Check {
  readonly #byPlayer = new Map<Player, Fact>();
  readonly #byClient = new Map<Client, Player>();
  /** Servers that a quit closes. Who comes in behind it is served no more. */
  readonly #quits = new Set<number>();
  /** Who has left, as each server knows it. */
  readonly #gone = new Set<string>();
  /** Some room or server has been closed by a quit. */
  hasQuit = false;
  /** Somebody read too slowly. */
  hasSlow = false;
  hasMoves = false;
  hasDrops = false;
  /** Servers that share their rooms, of which one has given up. */
  hasFailed = false;

  of(player: Player): Fact {
    let fact = this.#byPlayer.get(player);
    if (fact === undefined) {
      fact = {
        client: undefined,
        accepted: 0,
        wasInTime: false,
        over: undefined,
        wasKicked: false,
        drop: undefined,
        wasForced: false,
        wasCut: false,
      };
      this.#byPlayer.set(player, fact);
    }
    return fact;
  }

  playerOf(client: Client): Player | undefined {
    return this.#byClient.get(client);
  }

  /** A client of that server: each server tells of its own. */
  own(node: number, client: Client): Player | undefined {
    const player = this.#byClient.get(client);
    return player?.plan.node === node ? player : undefined;
  }

  /** Whether a record closes a server. Of a client that has left, it closes nothing. */
  isQuitOfAll(node: number, record: RoomRecord): boolean {
    if (record.type === 'quit') return true;
    if (record.type !== 'command' || record.command.verb !== 'quit') return false;
    return this.world.plan.options.quit === 'all' && !this.#gone.has(`${node} ${record.client}`);
  }

  override before(_node: number, { record }: Entry): void {
    // What it changes happens while the record is applied.
    if (record.type === 'slow') this.hasSlow = true;
    if (record.type === 'command' && record.command.verb === 'join') this.hasMoves = true;
    if (record.type !== 'join') return;
    const player = this.#came(record.client, record.address);
    if (player === undefined) return;
    const fact = this.of(player);
    if (this.#quits.has(player.plan.node)) fact.over = 'came too late';
  }

  #came(client: Client, address: string): Player | undefined {
    const player = this.world.playerAt(address);
    if (player === undefined) return undefined;
    this.#byClient.set(client, player);
    this.of(player).client = client;
    return player;
  }

  override after(node: number, { record }: Entry): void {
    if (this.isQuitOfAll(node, record)) this.#quitAll(node);
    if (record.type === 'kick') {
      const player = this.own(node, record.whom);
      if (player) this.of(player).wasKicked = true;
    }
    const player =
      'client' in record && record.client !== undefined ? this.own(node, record.client) : undefined;
    if (player !== undefined) this.#note(this.of(player), record);
  }

  #quitAll(node: number): void {
    this.hasQuit = true;
    this.#quits.add(node);
    for (const [player, fact] of this.#byPlayer)
      if (player.plan.node === node && fact.client !== undefined) fact.over ??= 'quit of somebody';
  }

  #note(fact: Fact, record: RoomRecord): void {
    if (record.type === 'leave') fact.over ??= 'leave';
    if (fact.over !== undefined) return;
    if (record.type === 'line') fact.accepted++;
    if (record.type === 'lines') fact.accepted += record.count;
    if (record.type === 'fault' && ANSWER_CODES.has(record.code)) fact.accepted++;
    const quits = record.type === 'command' && record.command.verb === 'quit';
    if (record.type !== 'end' && !quits) return;
    fact.over = 'end';
    fact.wasInTime = !this.hasQuit;
  }

  override event<Name extends keyof ServerEvents>(
    node: number,
    name: Name,
    event: ServerEvents[Name][0],
  ): void {
    if (name === 'join') {
      const { client, address } = event as ServerEvents['join'][0];
      this.#came(client, address);
    } else if (name === 'leave') {
      const { client, reason } = event as ServerEvents['leave'][0];
      if (!reason.startsWith('moved to ')) this.#gone.add(`${node} ${client}`);
      // If nobody saw a kick, there is what it was for.
      const player = this.world.plan.watcher === 'nobody' ? this.own(node, client) : undefined;
      if (player && (reason === 'banned' || reason === 'x')) this.of(player).wasKicked = true;
    } else if (name === 'quit') {
      this.hasQuit = true;
      const { told, scope } = event as ServerEvents['quit'][0];
      if (scope === 'all') return;
      for (const { client } of told) {
        const player = this.own(node, client);
        if (player) this.of(player).over ??= 'quit of somebody';
      }
    } else if (name === 'quitDone') {
      for (const { client } of (event as ServerEvents['quitDone'][0]).forced) {
        const player = this.own(node, client);
        if (player) this.of(player).wasForced = true;
      }
    } else if (name === 'drop') {
      this.hasDrops = true;
      const { address, reason } = event as ServerEvents['drop'][0];
      const player = this.world.playerAt(address);
      if (player) this.of(player).drop ??= reason;
    } else if (name === 'cut' || name === 'refuse') {
      const player = this.world.playerAt((event as { address: string }).address);
      if (player) this.of(player).wasCut = true;
    }
  }

  override uncaught(): void {
    this.hasFailed = true;
  }
}
