import type { Player } from '../world/player.ts';
import { isOdd } from './answers.ts';
import { type Broken, Check } from './check.ts';
import { readEvent } from './reference.ts';

/** What a client knows of its room, from what it was told. */
interface View {
  readonly room: string;
  readonly seat: number;
  /** Names by seat; `-`: none. */
  readonly people: Map<number, string>;
  /** Who has been here, gone or not. */
  readonly seen: Set<number>;
  highest: number;
  who: Map<number, string>;
  lastTurn: number;
  /** It was told of a quit: from then on, it isn't told who leaves. */
  isClosing: boolean;
}

/** Promises 10 and 11: seats are given once, and everybody knows who is in the room. */
export class Views extends Check {
  readonly #views = new Map<Player, View>();

  override heard(player: Player, line: string): void {
    if (this.world.plan.options.events === 'off' || isOdd(player)) return;
    const event = readEvent(line);
    if (event === undefined) return;
    const { verb, rest } = event;
    const [first = '', second = '', third = ''] = rest.split(' ');
    if (verb === 'WELCOME') {
      const seat = Number(first);
      const people = new Map([[seat, '-']]);
      const own = this.#views.get(player);
      // A name comes along to another room, and nobody says so.
      if (own) people.set(seat, own.people.get(own.seat) ?? '-');
      this.#views.set(player, {
        room: third,
        seat,
        people,
        seen: new Set([seat]),
        highest: seat,
        who: new Map(),
        lastTurn: 0,
        isClosing: false,
      });
      return;
    }
    const view = this.#views.get(player);
    if (view === undefined) return;
    const wrong = this.#take(view, verb, Number(first), second, rest);
    if (wrong !== undefined)
      this.break(
        wrong.promise,
        `client ${player.index}, in seat ${view.seat} of ${view.room}, got ${line}: ${wrong.text}`,
      );
  }

  #take(view: View, verb: string, seat: number, second: string, rest: string): Broken | undefined {
    const isHere = view.people.has(seat);
    switch (verb) {
      case 'HERE':
      case 'JOIN':
        if (isHere) return { promise: 10, text: 'somebody has that seat' };
        if (verb === 'JOIN' && seat <= view.highest)
          return { promise: 10, text: 'that seat was given before' };
        view.people.set(seat, second);
        view.seen.add(seat);
        view.highest = Math.max(view.highest, seat);
        return this.#twice(view, second);
      case 'LEAVE':
        if (!isHere) return { promise: 11, text: 'nobody had that seat' };
        view.people.delete(seat);
        return undefined;
      case 'NAME':
        if (!isHere) return { promise: 11, text: 'nobody has that seat' };
        view.people.set(seat, second);
        return this.#twice(view, second);
      case 'TURN':
      case 'SKIP':
        return isHere ? undefined : { promise: 11, text: 'nobody has that seat' };
      case 'MSG':
        // A line that the handler had is answered in the room it came from.
        return view.seen.has(seat) || this.world.plan.handler
          ? undefined
          : { promise: 11, text: 'nobody had that seat' };
      case 'TURNS':
        return this.#turns(view, rest);
      case 'QUIT':
        view.isClosing = true;
        return undefined;
      case 'WHO':
        view.who.set(seat, second);
        return undefined;
      case 'END': {
        const isSame =
          view.who.size === view.people.size &&
          [...view.who].every(([at, name]) => view.people.get(at) === name);
        const told = JSON.stringify([...view.people]);
        const listed = JSON.stringify([...view.who]);
        view.who = new Map();
        return isSame || view.isClosing
          ? undefined
          : { promise: 11, text: `/who lists ${listed}, and it was told ${told}` };
      }
      default:
        return undefined;
    }
  }

  #twice({ people }: View, name: string): Broken | undefined {
    const names = [...people.values()].filter((other) => other.toLowerCase() === name.toLowerCase());
    return name !== '-' && names.length > 1 ? { promise: 11, text: 'two have that name' } : undefined;
  }

  /** Promise 7: each turn is told once. */
  #turns(view: View, rest: string): Broken | undefined {
    const [first = 0, last = 0] = rest.split(' ').map(Number);
    const seats = rest
      .split(' ')[2]!
      .split(',')
      .filter((seat) => seat !== '-')
      .map(Number);
    const before = view.lastTurn;
    view.lastTurn = last;
    if (first > last || first <= before)
      return { promise: 7, text: `the last turn it was told of was ${before}` };
    if (seats.length > 8 || seats.length > last - first + 1)
      return { promise: 7, text: 'more seats than turns' };
    return undefined;
  }
}
