import type { Client, Entry, ServerEvents } from '@proto/server';
import { isAnswer, type World } from '../world/world.ts';
import { type Broken, Check } from './check.ts';
import type { Facts } from './facts.ts';

/** Promises 8 and 9: in fair order nobody starves, and free order is that of arrival. */
export class Order extends Check {
  readonly #facts: Facts;
  /** Free order: whose messages wait, in the order in which they were accepted. */
  readonly #queue: Client[] = [];
  /** Fair order: messages of each client that wait. */
  readonly #waiting = new Map<Client, number>();
  /** How often somebody else was answered since a client was, while it had something waiting: by both. */
  readonly #passed = new Map<Client, Map<Client, number>>();

  constructor(world: World, broken: Broken[], facts: Facts) {
    super(world, broken);
    this.#facts = facts;
  }

  /** Where it can be seen who is answered when: one room, and nobody held up. */
  get #isOpen(): boolean {
    const { nodes, handler, options, journal } = this.world.plan;
    const { hasQuit, hasSlow, hasMoves, hasDrops } = this.#facts;
    const isSeen = options.events === 'on' && options.order !== 'strict' && nodes === 1 && !handler;
    return isSeen && journal.delayMs === 0 && !hasQuit && !hasSlow && !hasMoves && !hasDrops;
  }

  override before(_node: number, { record }: Entry): void {
    if (record.type !== 'line' && record.type !== 'lines') return;
    const lines = record.type === 'line' ? 1 : record.ends.length;
    const { client } = record;
    for (let line = 0; line < lines; line++) this.#queue.push(client);
    this.#waiting.set(client, (this.#waiting.get(client) ?? 0) + lines);
  }

  override event<Name extends keyof ServerEvents>(
    _node: number,
    name: Name,
    event: ServerEvents[Name][0],
  ): void {
    if (name === 'leave') this.#forget((event as ServerEvents['leave'][0]).client);
    if (name !== 'send') return;
    const { client, line } = event as ServerEvents['send'][0];
    if (!isAnswer(line) || line.startsWith('* ERR FRAME') || line.startsWith('* ERR MESSAGE')) return;
    const { order } = this.world.plan.options;
    if (this.#isOpen && order === 'free' && this.#queue[0] !== client)
      this.break(9, `client ${client} was answered before client ${this.#queue[0]}, which had come first`);
    const index = this.#queue.indexOf(client);
    if (index !== -1) this.#queue.splice(index, 1);
    this.#waiting.set(client, (this.#waiting.get(client) ?? 1) - 1);
    this.#answered(client);
  }

  #answered(client: Client): void {
    this.#passed.delete(client);
    for (const [other, lines] of this.#waiting) {
      if (other === client || lines <= 0) continue;
      const passed = this.#passed.get(other) ?? new Map<Client, number>();
      this.#passed.set(other, passed);
      const times = (passed.get(client) ?? 0) + 1;
      passed.set(client, times);
      if (this.#isOpen && this.world.plan.options.order === 'fair' && times > 2)
        this.break(8, `client ${client} was answered ${times} times while client ${other} waited`);
    }
  }

  #forget(client: Client): void {
    this.#waiting.delete(client);
    this.#passed.delete(client);
    for (let index = this.#queue.length - 1; index >= 0; index--)
      if (this.#queue[index] === client) this.#queue.splice(index, 1);
  }
}
