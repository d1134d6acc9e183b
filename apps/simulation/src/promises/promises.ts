import type { Entry, ServerEvents } from '@proto/server';
import type { Player } from '../world/player.ts';
import type { Witness, World } from '../world/world.ts';
import { Answers } from './answers.ts';
import type { Broken, Check } from './check.ts';
import { Coverage } from './coverage.ts';
import { Endings } from './endings.ts';
import { Facts } from './facts.ts';
import { Limits } from './limits.ts';
import { Order } from './order.ts';
import { Relays } from './relays.ts';
import { Rings } from './ring.ts';
import { Views } from './views.ts';
import { Wire } from './wire.ts';

/** Holds a world to all promises. */
export class Promises implements Witness {
  readonly broken: Broken[] = [];
  readonly coverage: Coverage;
  readonly #checks: readonly Check[];

  constructor(world: World) {
    const { broken } = this;
    this.coverage = new Coverage(world, broken);
    const facts = new Facts(world, broken);
    this.#checks = [
      facts,
      new Answers(world, broken, facts),
      new Wire(world, broken, facts),
      new Views(world, broken),
      new Rings(world, broken, facts),
      new Order(world, broken, facts),
      new Relays(world, broken, facts),
      new Limits(world, broken, facts),
      new Endings(world, broken, facts),
      this.coverage,
    ];
  }

  started(node: number): void {
    for (const check of this.#checks) check.started(node);
  }

  event<Name extends keyof ServerEvents>(node: number, name: Name, event: ServerEvents[Name][0]): void {
    for (const check of this.#checks) check.event(node, name, event);
  }

  before(node: number, entry: Entry): void {
    for (const check of this.#checks) check.before(node, entry);
  }

  after(node: number, entry: Entry): void {
    for (const check of this.#checks) check.after(node, entry);
  }

  connected(player: Player, node: number): void {
    for (const check of this.#checks) check.connected(player, node);
  }

  heard(player: Player, line: string): void {
    for (const check of this.#checks) check.heard(player, line);
  }

  ended(player: Player): void {
    for (const check of this.#checks) check.ended(player);
  }

  rested(): void {
    for (const check of this.#checks) check.rested();
  }

  uncaught(error: unknown): void {
    for (const check of this.#checks) check.uncaught(error);
  }

  over(): void {
    for (const check of this.#checks) check.over();
  }
}
