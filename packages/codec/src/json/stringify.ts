import { oneLine, shown } from '../one-line.ts';

/**
 * A value as JSON, in one line. It holds all of the value: what `JSON.stringify` would leave out or replace by `null` is
 * refused.
 *
 * Errors: `TypeError` for what JSON can't hold.
 */
export function stringify(value: unknown): string {
  let refused: TypeError | undefined;
  try {
    return JSON.stringify(value, (key: string, item: unknown) => {
      const lost = lostIn(item);
      if (lost === undefined) return item;
      const where = key === '' ? '' : ` (at ${shown(key)})`;
      throw (refused = new TypeError(`Cannot encode frame: JSON can't hold ${lost}${where}`));
    });
  } catch (error) {
    if (refused !== undefined) throw refused;
    // A cycle, or what a `toJSON` or a getter throws. The first line says it.
    const [why] = String(error instanceof Error ? error.message : error).split('\n', 1);
    throw new TypeError(`Cannot encode frame: it can't be written as JSON: ${oneLine(why)}`, {
      cause: error,
    });
  }
}

/** What JSON would lose, in words. */
function lostIn(item: unknown): string | undefined {
  if (typeof item === 'number') return Number.isFinite(item) ? undefined : String(item);
  const kind = typeof item;
  if (kind === 'undefined') return kind;
  return kind === 'function' || kind === 'symbol' || kind === 'bigint' ? `a ${kind}` : undefined;
}
