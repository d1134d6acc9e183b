/** Something that happened at a time, in milliseconds on the clock of the session. */
interface Timed {
  readonly t: number;
}

/** How many elements of a list in time order are not after `t`. */
export function countUpTo(list: readonly Timed[], t: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.t <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last element of a list in time order that is not after `t`. */
export function atOrBefore<T extends Timed>(list: readonly T[], t: number): T | undefined {
  return list[countUpTo(list, t) - 1];
}

/** The elements of a list in time order that are after `from` and not after `to`. */
export function within<T extends Timed>(list: readonly T[], from: number, to: number): readonly T[] {
  return list.slice(countUpTo(list, from), countUpTo(list, to));
}

/** Appends to a list that holds `most`. A full list loses its oldest eighth. Returns how many were dropped. */
export function keep<T>(list: T[], item: T, most: number): number {
  list.push(item);
  if (list.length <= most) return 0;
  const gone = Math.ceil(most / 8);
  list.splice(0, gone);
  return gone;
}
