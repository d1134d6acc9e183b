import type { Player } from '../world/player.ts';
import type { World } from '../world/world.ts';
import { isOdd } from './answers.ts';
import { type Broken, Check } from './check.ts';
import type { Facts } from './facts.ts';
import { EVENTS, readEvent } from './reference.ts';

/** How much longer than a line of a client a line of the server may be. In bytes. */
const EXTRA_BYTES = 128;

/** Promises 1, 2 and 12: lines only, `WELCOME` first, `BYE` last. */
export class Wire extends Check {
  readonly #facts: Facts;
  readonly #said = new Set<Player>();
  /** Streams that ended in order, and whether it was known then why there was no last line. */
  readonly #ends = new Map<Player, boolean>();

  constructor(world: World, broken: Broken[], facts: Facts) {
    super(world, broken);
    this.#facts = facts;
  }

  override heard(player: Player, line: string): void {
    const { maxLineBytes, events } = this.world.plan.options;
    const who = `client ${player.index}`;
    if (isOdd(player)) return;
    if (/[^\t\x20-\x7e]/.test(line))
      this.break(1, `${who} got a byte that is not text: ${JSON.stringify(line)}`);
    if (line.length > maxLineBytes! + EXTRA_BYTES) this.break(1, `${who} got a line of ${line.length} bytes`);
    if (this.#said.has(player)) this.break(12, `${who} got a line after BYE: ${line}`);
    if (events === 'off') {
      if (line.startsWith('* ')) this.#checkNoEvent(player, line);
      return;
    }
    const event = readEvent(line);
    if (event?.verb === 'BYE') this.#said.add(player);
    if (event !== undefined && EVENTS[event.verb]?.test(event.rest) !== true)
      this.break(1, `${who} got no event: ${line}`);
    const isFirst = player.lines.length === 1;
    if (isFirst && event?.verb !== 'WELCOME' && event?.verb !== 'ERR' && event?.verb !== 'BYE')
      this.break(2, `${who} got ${line} first`);
  }

  override ended(player: Player): void {
    if (player.ending !== 'FIN' || this.world.plan.options.events === 'off' || isOdd(player)) return;
    const fact = this.#facts.of(player);
    if (player.hasReset || player.wasRefused) return;
    const isEnded = this.#said.has(player) && player.partial === '';
    // What hasn't been read when the grace is over is cut.
    this.#ends.set(player, isEnded || fact.drop !== undefined || fact.wasKicked || this.#facts.hasQuit);
  }

  override over(): void {
    for (const [player, isExplained] of this.#ends) {
      const { wasForced, drop } = this.#facts.of(player);
      if (isExplained || wasForced || drop !== undefined) continue;
      // Who ends its stream before it has said a line was no client, if the server waits for one.
      const wasProbe = this.world.plan.options.joinWith === 'line' && player.lines.length === 0;
      if (!wasProbe) this.break(12, `the stream of client ${player.index} ended in order, without BYE`);
    }
  }

  /** Texts of clients may begin with `* `: those come back as they are, if events are off. */
  #checkNoEvent(player: Player, line: string): void {
    const event = readEvent(line)!;
    if (event.verb in EVENTS && event.verb !== 'OK')
      this.break(1, `client ${player.index} got an event: ${line}`);
  }
}
