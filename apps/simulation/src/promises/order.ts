import type { Client, Entry, ServerEvents } from '@proto/server';
import { isAnswer, type World } from '../world/world.ts';
import { type Broken, Check } from './check.ts';
import type { Facts } from './facts.ts';

/** Promises 8 and 9: in fair order nobody starves, and free order is that of arrival. */
export class Order extends Check {
  readonly #facts: Facts;
  /** Free order: whose messages wait, in the order in which they were accepted. */
  readonly #queue: Client[] = [];
  /** Fair order: the messages of each client that wait, by the run that they came in; 0: in none. */
  readonly #waiting = new Map<Client, number[]>();
  /** The same that were accepted in this moment. What was answered before them may be told behind them. */
  readonly #fresh = new Map<Client, number[]>();
  /** How often somebody else was answered since a client was, while it had something waiting: by both. */
  readonly #passed = new Map<Client, Map<Client, number>>();
  /** The run of the message that each client was answered last, to this record. */
  readonly #lastRun = new Map<Client, number>();
  #runs = 0;

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
    this.#lastRun.clear();
    if (record.type !== 'line' && record.type !== 'lines') return;
    const lines = record.type === 'line' ? 1 : record.count;
    const run = record.type === 'line' ? 0 : ++this.#runs;
    const { client } = record;
    const fresh = this.#fresh.get(client) ?? [];
    this.#fresh.set(client, fresh);
    for (let line = 0; line < lines; line++) {
      this.#queue.push(client);
      fresh.push(run);
    }
  }

  override rested(): void {
    for (const [client, runs] of this.#fresh)
      this.#waiting.set(client, [...(this.#waiting.get(client) ?? []), ...runs]);
    this.#fresh.clear();
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
    const first = this.#queue.find((other) => !this.#hasReset(other));
    if (this.#isOpen && order === 'free' && !this.#hasReset(client) && first !== client)
      this.break(9, `client ${client} was answered before client ${first}, which had come first`);
    const index = this.#queue.indexOf(client);
    if (index !== -1) this.#queue.splice(index, 1);
    const run = this.#waiting.get(client)?.shift() ?? this.#fresh.get(client)?.shift() ?? 0;
    // Answers to lines of a run that one record causes come in one piece, with the first of them.
    const isJoined = run !== 0 && run === this.#lastRun.get(client);
    this.#lastRun.set(client, run);
    this.#passed.delete(client);
    if (!isJoined) this.#pass(client);
  }

  /** A client was answered. Who waits meanwhile? */
  #pass(client: Client): void {
    for (const [other, lines] of this.#waiting) {
      if (other === client || lines.length === 0 || this.#hasReset(other)) continue;
      const passed = this.#passed.get(other) ?? new Map<Client, number>();
      this.#passed.set(other, passed);
      const times = (passed.get(client) ?? 0) + 1;
      passed.set(client, times);
      if (this.#isOpen && this.world.plan.options.order === 'fair' && times > 2)
        this.break(8, `client ${client} was answered ${times} times while client ${other} waited`);
    }
  }

  /** Nobody sees its answers any more, though it is still served. */
  #hasReset(client: Client): boolean {
    return this.#facts.playerOf(client)?.hasReset === true;
  }

  #forget(client: Client): void {
    this.#waiting.delete(client);
    this.#fresh.delete(client);
    this.#passed.delete(client);
    for (let index = this.#queue.length - 1; index >= 0; index--)
      if (this.#queue[index] === client) this.#queue.splice(index, 1);
  }
}
