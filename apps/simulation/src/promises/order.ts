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
  /** How many more answers somebody else got than a client that has had something waiting all the while: by both. */
  readonly #ahead = new Map<Client, Map<Client, number>>();
  /** Answers that each client got since then. Those to one record may come in one piece for each client. */
  readonly #answers = new Map<Client, number>();

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
    this.#compareAll();
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
    this.#answers.set(client, (this.#answers.get(client) ?? 0) + 1);
  }

  override rested(): void {
    this.#compareAll();
  }

  #compareAll(): void {
    if (this.#answers.size === 0) return;
    for (const [client, lines] of this.#waiting) {
      if (lines <= 0) this.#ahead.delete(client);
      else this.#compare(client);
    }
    this.#answers.clear();
  }

  /** A client has something waiting: who got more? */
  #compare(client: Client): void {
    const own = this.#answers.get(client) ?? 0;
    const ahead = this.#ahead.get(client) ?? new Map<Client, number>();
    this.#ahead.set(client, ahead);
    for (const other of new Set([...ahead.keys(), ...this.#answers.keys()])) {
      if (other === client) continue;
      const times = Math.max(0, (ahead.get(other) ?? 0) + (this.#answers.get(other) ?? 0) - own);
      ahead.set(other, times);
      if (this.#isOpen && this.world.plan.options.order === 'fair' && times > 2)
        this.break(
          8,
          `client ${other} was answered ${times} times more often than client ${client}, which waited`,
        );
    }
  }

  #forget(client: Client): void {
    this.#waiting.delete(client);
    this.#ahead.delete(client);
    this.#answers.delete(client);
    for (let index = this.#queue.length - 1; index >= 0; index--)
      if (this.#queue[index] === client) this.#queue.splice(index, 1);
  }
}
