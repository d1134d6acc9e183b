import { fateOf, madeOf } from '../world/handler.ts';
import type { Player } from '../world/player.ts';
import { isAnswer, type World } from '../world/world.ts';
import { type Broken, Check } from './check.ts';
import type { Facts } from './facts.ts';
import { isAnswered, readEvent, readSaid, type Said } from './reference.ts';

/** Notices behind which the server reads nothing more. */
const ENDINGS = ['LINE_TIMEOUT', 'IDLE_TIMEOUT', 'LINE_ENDLESS', 'TOO_MANY_ERRORS', 'SERVER_BUSY'];

/** What a client is told last that has quit. */
const OWN_QUITS: ReadonlySet<string> = new Set(['* BYE quit', '* BYE so long']);

/** Promises 3, 4 and 5: one answer for each message, in order, none lost, and a fault costs its line only. */
export class Answers extends Check {
  readonly #facts: Facts;

  constructor(world: World, broken: Broken[], facts: Facts) {
    super(world, broken);
    this.#facts = facts;
  }

  override over(): void {
    if (this.world.plan.options.events === 'off') return;
    for (const player of this.world.players) if (!isOdd(player)) this.#check(player);
  }

  #check(player: Player): void {
    const { maxLineBytes, maxErrors } = this.world.plan.options;
    const fact = this.#facts.of(player);
    const hasEnded = player.hasEnded && !player.hasReset;
    const said = readSaid(player.sent, { maxLineBytes: maxLineBytes!, maxErrors: maxErrors!, hasEnded });
    const expected = said.filter(isAnswered);
    const answers = player.lines.map(({ line }) => line).filter(isAnswer);
    const who = `client ${player.index}`;
    for (const [index, answer] of answers.entries()) {
      const message = expected[index];
      if (message === undefined) return this.break(3, `${who} got an answer too many: ${answer}`);
      if (this.#fits(message, answer)) continue;
      return this.break(
        message.kind === 'fault' ? 5 : 3,
        `${who} got ${answer} as answer ${index + 1}, to ${JSON.stringify(message)}`,
      );
    }
    this.#checkPongs(player, said);
    const last = player.lines.at(-1)?.line ?? '';
    if (!last.startsWith('* BYE ') || fact.wasKicked || fact.drop !== undefined || fact.wasCut) return;
    if (this.world.plan.watcher === 'nobody') return this.#checkOwnEnd(player, said, answers.length);
    const isServed = fact.over !== 'leave' && fact.over !== 'came too late';
    if (isServed && answers.length !== fact.accepted)
      this.break(4, `${who} got ${answers.length} answers to ${fact.accepted} accepted lines, then ${last}`);
    // The server has ended it, and said why.
    const wasTold = player.lines.some(({ line }) =>
      ENDINGS.some((code) => line.startsWith(`* ERR ${code} `)),
    );
    if (!wasTold && fact.wasInTime && fact.accepted !== expected.length)
      this.break(
        4,
        `${fact.accepted} of ${expected.length} lines of ${who} were accepted, and it ended in order`,
      );
  }

  /** Nobody saw what was accepted. A client that is told of its own end has had all of it accepted. */
  #checkOwnEnd(player: Player, said: readonly Said[], answers: number): void {
    const last = player.lines.at(-1)!.line;
    const expected = said.filter(isAnswered).length;
    const hasQuit = said.at(-1)?.kind === 'quit' && OWN_QUITS.has(last);
    const wasIn = player.lines.some(({ line }) => line.startsWith('* WELCOME '));
    const isOwn = wasIn && (last === '* BYE end of input' || hasQuit);
    const wasClosed = player.lines.some(
      ({ line }) => line.startsWith('* QUIT ') || ENDINGS.some((code) => line.startsWith(`* ERR ${code} `)),
    );
    if (isOwn && !wasClosed && answers !== expected)
      this.break(4, `client ${player.index} got ${answers} answers to ${expected} lines, then ${last}`);
  }

  #fits(said: Said, answer: string): boolean {
    const event = readEvent(answer);
    if (said.kind === 'fault') {
      const code = event?.verb === 'ERR' ? event.rest.split(' ', 1)[0]! : '';
      return said.codes.includes(code);
    }
    if (said.kind !== 'message') return false;
    const { handler, options } = this.world.plan;
    const hasFailed = event?.verb === 'ERR' && event.rest.startsWith('HANDLER ');
    let { text } = said;
    if (handler) {
      const fate = fateOf(text);
      const isTooLong = madeOf(text).length > options.maxLineBytes!;
      if (fate === 'says nothing') return event?.verb === 'OK';
      if (fate === 'answers late' && hasFailed) return true;
      if (fate === 'throws' || fate === 'rejects' || fate === 'hangs' || fate === 'says no line' || isTooLong)
        return hasFailed;
      text = madeOf(text);
    } else if (options.transform === 'upper') text = text.toUpperCase();
    if (said.to !== undefined)
      return event?.verb === 'OK' || (event?.verb === 'ERR' && event.rest.startsWith('NO_SEAT '));
    if (options.deliver === 'others') return event?.verb === 'OK';
    return answer === (text.startsWith('*') ? `*${text}` : text);
  }

  /** Each `/ping` is answered in order, and by its own text. */
  #checkPongs(player: Player, said: readonly Said[]): void {
    const pings = said.flatMap((each) =>
      each.kind === 'command' && each.verb === 'ping' ? [each.rest] : [],
    );
    const pongs = player.lines.flatMap(({ line }) => {
      const event = readEvent(line);
      return event?.verb === 'PONG' ? [event.rest] : [];
    });
    const wrong = pongs.findIndex((text, index) => text !== pings[index]);
    if (wrong !== -1)
      this.break(3, `client ${player.index} got PONG ${pongs[wrong]} for /ping ${pings[wrong]}`);
  }
}

/** What it sends is not only lines: telnet, and other protocols. */
export function isOdd(player: Player): boolean {
  return player.sent.includes('\xff') || player.plan.kind === 'foreign';
}
