import { TurnQueue } from '@proto/scheduler';
import { type Card, fits } from './deck.ts';

/** A card to lay, or `draw`. */
export type Move = string;

/** What one player sees. `players`: in the order of their turns, with the number of their cards. */
export interface View {
  readonly hand: readonly Card[];
  readonly top: Card;
  readonly players: readonly (readonly [name: string, cards: number])[];
  readonly turn: string | undefined;
  readonly news: string;
  readonly winner: string | undefined;
}

/** In turn, each lays a card of the same suit or rank as the one on top, or draws one. The first without cards wins. */
export class Game {
  // A move may be chosen before its turn. It waits, and another choice replaces it.
  readonly #turns = new TurnQueue<string, Move>({ order: 'strict', maxQueued: 1 });
  readonly #hands = new Map<string, Card[]>();
  #pile: Card[];
  #deck: Card[];
  #news = 'The cards are dealt';
  #winner: string | undefined;

  constructor(players: readonly string[], shuffled: readonly Card[]) {
    [this.#pile, this.#deck] = [shuffled.slice(0, 1), shuffled.slice(1)];
    for (const player of players) {
      this.#turns.join(player);
      this.#hands.set(player, this.#deck.splice(0, 5));
    }
  }

  choose(player: string, move: Move): void {
    if (!this.#hands.has(player)) return;
    this.#turns.clear(player);
    this.#turns.push(player, move);
    this.#playOn();
  }

  /** The player's cards go under the deck. A turn that the player held passes to the next one. */
  leave(player: string): void {
    this.#turns.leave(player);
    this.#deck.push(...(this.#hands.get(player) ?? []));
    this.#hands.delete(player);
    this.#news = `${player} has left`;
    if (this.#hands.size === 1) this.#winner ??= [...this.#hands.keys()][0];
    this.#playOn();
  }

  viewOf(player: string): View {
    const players = [...this.#hands].map(([name, hand]) => [name, hand.length] as const);
    const [hand = [], [top = '']] = [this.#hands.get(player), this.#pile];
    return { hand, top, players, turn: this.#turns.turn, news: this.#news, winner: this.#winner };
  }

  /** Plays what was chosen, until the one who has the turn has chosen nothing. */
  #playOn(): void {
    while (this.#winner === undefined) {
      const turn = this.#turns.take();
      if (turn === undefined) return;
      this.#play(turn.id, turn.item, this.#hands.get(turn.id) ?? []);
    }
  }

  #play(player: string, move: Move, hand: Card[]): void {
    const [top = ''] = this.#pile;
    if (hand.includes(move) && fits(move, top)) {
      this.#news = `${player} lays ${move}`;
      this.#pile.unshift(...hand.splice(hand.indexOf(move), 1));
      if (hand.length === 0) this.#winner = player;
    } else {
      this.#news = move === 'draw' ? `${player} draws` : `${move} doesn't fit, so ${player} draws`;
      if (this.#deck.length === 0) this.#deck = this.#pile.splice(1).toReversed();
      hand.push(...this.#deck.splice(0, 1));
    }
  }
}
