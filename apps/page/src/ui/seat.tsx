import { pick } from '../state.ts';

/** The class that gives a seat its colour. There are eight; the number says which client it is, the colour helps. */
export function seatClass(seat: number): string {
  return `s${((seat - 1 + 8) % 8) + 1}`;
}

/** The name of a client, or its seat if it has none. */
export function clientName(seat: number, name: string): string {
  return name === '' ? `client ${seat}` : name;
}

/** A client in a sentence: its number in its colour, and its name. Picks it. */
export function Chip({ c, seat, name }: { c: number; seat: number; name: string }) {
  return (
    <button type="button" class={`who ${seatClass(seat)}`} onClick={() => pick(c)}>
      <b>{seat}</b>
      {clientName(seat, name)}
    </button>
  );
}

/** The same, if nothing can be picked. */
export function Label({ seat, name }: { seat: number; name: string }) {
  return (
    <span class={`who small ${seatClass(seat)}`}>
      <b>{seat}</b>
      {clientName(seat, name)}
    </span>
  );
}
