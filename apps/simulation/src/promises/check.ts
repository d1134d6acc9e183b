import type { Entry, ServerEvents } from '@proto/server';
import type { Player } from '../world/player.ts';
import type { Witness, World } from '../world/world.ts';

/** A promise that was not kept. */
export interface Broken {
  /** Its number in docs/protocol.md, "Promises"; 0: something that nothing should cause. */
  readonly promise: number;
  readonly text: string;
}

/** Holds a world to some promises. Each hook does nothing until a check needs it. */
export abstract class Check implements Witness {
  protected readonly world: World;
  readonly #broken: Broken[];

  constructor(world: World, broken: Broken[]) {
    this.world = world;
    this.#broken = broken;
  }

  protected break(promise: number, text: string): void {
    if (this.#broken.length < 10)
      this.#broken.push({ promise, text: `at ${this.world.clock.time} ms: ${text}` });
  }

  started(_node: number): void {}
  event<Name extends keyof ServerEvents>(_node: number, _name: Name, _event: ServerEvents[Name][0]): void {}
  before(_node: number, _entry: Entry): void {}
  after(_node: number, _entry: Entry): void {}
  connected(_player: Player, _node: number): void {}
  heard(_player: Player, _line: string): void {}
  ended(_player: Player): void {}
  rested(): void {}
  uncaught(_error: unknown): void {}
  over(): void {}
}
