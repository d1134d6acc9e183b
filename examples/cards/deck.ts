import { randomInt } from 'node:crypto';

/** A rank and a suit: `10♥`. */
export type Card = string;

const SUITS = ['♠', '♥', '♦', '♣'];
const RANKS = ['2', '3', '4', '5', '6', '7', '8', '9', '10', 'J', 'Q', 'K', 'A'];

/** All 52 cards, shuffled (Fisher-Yates). */
export function shuffledDeck(): Card[] {
  const deck = SUITS.flatMap((suit) => RANKS.map((rank) => rank + suit));
  for (let left = deck.length; left > 1; left--) {
    const [card = ''] = deck.splice(randomInt(left), 1);
    deck.push(card);
  }
  return deck;
}

/** Whether a card has the suit or the rank of the one on top. */
export function fits(card: Card, top: Card): boolean {
  return card.slice(-1) === top.slice(-1) || card.slice(0, -1) === top.slice(0, -1);
}
