import type { Entry, ServerEvents } from '@proto/server';
import type { Player } from '../world/player.ts';
import type { World } from '../world/world.ts';
import { isOdd } from './answers.ts';
import { type Broken, Check } from './check.ts';
import type { Facts } from './facts.ts';
import { readEvent } from './reference.ts';

/** What an end may take longer than the server was told: a look at the clock of a slow machine, and its own timers. */
const SLACK_MS = 2_000;

/** Promises 13, 16, 17 and 0: quits reach whom they should, everything ends, and the good are left alone. */
export class Endings extends Check {
  readonly #facts: Facts;
  readonly #quitTold = new Set<Player>();
  readonly #heardQuit = new Set<Player>();
  /** When each server began to close, and whether it is done. */
  readonly #closing: (number | undefined)[] = [];
  readonly #closed: boolean[] = [];
  readonly #hasTold: boolean[] = [];

  constructor(world: World, broken: Broken[], facts: Facts) {
    super(world, broken);
    this.#facts = facts;
  }

  override started(node: number): void {
    this.#closed[node] = false;
    const { server } = this.world.nodes[node]!;
    server.on('quitDone', ({ scope }) => {
      if (scope === 'all') this.#closed[node] = true;
    });
  }

  override uncaught(error: unknown): void {
    this.break(0, `nobody caught ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }

  override event<Name extends keyof ServerEvents>(
    node: number,
    name: Name,
    event: ServerEvents[Name][0],
  ): void {
    if (name === 'quit') {
      const { told, scope } = event as ServerEvents['quit'][0];
      if (scope === 'all' && this.#hasTold[node] === true)
        this.break(13, `server ${node} began to close twice`);
      if (scope === 'all') this.#hasTold[node] = true;
      if (scope === 'all') this.#closing[node] ??= this.world.clock.time;
      if (this.world.plan.watcher === 'nobody')
        for (const player of this.world.players) this.#quitTold.add(player);
      for (const { client } of told) {
        const player = this.#facts.own(node, client);
        if (player) this.#quitTold.add(player);
      }
      const { quit } = this.world.plan.options;
      const byClient = (event as ServerEvents['quit'][0]).seat !== undefined;
      if (byClient && quit === 'self') this.break(13, `a quit of one client closed ${scope}`);
    } else if (name === 'drop') this.#dropped(event as ServerEvents['drop'][0]);
  }

  override before(node: number, { record }: Entry): void {
    if (!this.#facts.isQuitOfAll(node, record)) return;
    for (const player of this.world.players) if (player.plan.node === node) this.#quitTold.add(player);
  }

  override heard(player: Player, line: string): void {
    if (this.world.plan.options.events === 'off' || isOdd(player)) return;
    if (readEvent(line)?.verb === 'QUIT') this.#heardQuit.add(player);
  }

  override rested(): void {
    const { graceMs, lingerMs } = this.world.plan.options;
    for (const [node, { server }] of this.world.nodes.entries()) {
      if (server.isClosing) this.#closing[node] ??= this.world.clock.time;
      const since = this.#closing[node];
      if (since === undefined || this.#closed[node] === true) continue;
      const ms = this.world.clock.time - since;
      const most = Math.max(
        graceMs!,
        ...this.world.plan.steps.map((step) => (step.do === 'close' ? step.graceMs : 0)),
      );
      if (ms > most + lingerMs! + SLACK_MS * (this.world.plan.nodes > 1 ? 10 : 1)) {
        this.break(16, `server ${node} has been closing for ${ms} ms, with a grace of ${most}`);
        this.#closing[node] = Infinity;
      }
    }
  }

  override over(): void {
    for (const player of this.#heardQuit)
      if (!this.#quitTold.has(player))
        this.break(13, `client ${player.index} got QUIT, and no quit reached it`);
    if (this.#facts.hasFailed) return;
    for (const [node, { server }] of this.world.nodes.entries()) {
      if (this.#closed[node] !== true) this.break(16, `server ${node} has not closed, and nothing is due`);
      // A handler that hangs isn't waited for, nor is a client whose coming is still on its way.
      const { handler, journal } = this.world.plan;
      const mayStay = (key: string): boolean =>
        (key === 'rooms' || key === 'queuedLines') && (handler || journal.delayMs > 0);
      const left = Object.entries(server.load()).filter(([key, value]) => value !== 0 && !mayStay(key));
      if (left.length > 0 && this.world.plan.nodes === 1)
        this.break(16, `left behind: ${JSON.stringify(left)}`);
    }
    if (this.world.nodes.length < this.world.plan.nodes) this.break(16, 'not every server came up');
    const open = this.world.sockets.filter((socket) => !socket.isClosed).length;
    if (open > 0) this.break(16, `${open} sockets were never closed`);
    if (this.world.clock.pending > 0) this.break(16, `${this.world.clock.pending} timers were left`);
  }

  /** A client that reads and speaks in order is dropped for its silence only. */
  #dropped({ address, reason }: ServerEvents['drop'][0]): void {
    const player = this.world.playerAt(address);
    if (player === undefined) return;
    const { kind, readBytes } = player.plan;
    const { options } = this.world.plan;
    const isGood = (kind === 'honest' || kind === 'lockstep') && readBytes === 0 && !player.wasDeaf;
    const isRoomy = options.deliver === 'sender' && Number(options.maxMemoryBytes) > 1_048_576;
    const allowed = ['idle', 'ended and not served', 'line not ended in time', 'too many errors'];
    // The kernel takes what one record may cause.
    const isWide = player.plan.sendBytes >= 65_536 && player.plan.receiveBytes >= 65_536;
    if (isGood && isRoomy && isWide && !allowed.includes(reason))
      this.break(17, `client ${player.index} was dropped: ${reason}`);
    const { readAt = 0, lineReadAt = 0 } = player.socket ?? {};
    if (reason === 'idle') this.#checkEarly(player, reason, readAt, options.idleTimeoutMs);
    if (reason === 'line not ended in time')
      this.#checkEarly(player, reason, lineReadAt, options.partialLineTimeoutMs);
  }

  #checkEarly(player: Player, reason: string, since: number, most: number | 'never' | undefined): void {
    const ms = this.world.clock.time - since;
    // Sums of times of a virtual clock differ in their last digit.
    if (typeof most !== 'number' || ms < most - 1e-6)
      this.break(15, `client ${player.index} was dropped after ${ms} ms, and ${most} are allowed: ${reason}`);
  }
}
