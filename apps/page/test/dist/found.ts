import { existsSync } from 'node:fs';

/** Where a browser is. Where it is not, says what is skipped; with CI=true that is a failure. */
export function found(name: string, places: readonly string[]): string | undefined {
  const place = places.find((path) => existsSync(path));
  if (place !== undefined) return place;
  const reason = `SKIPPED: the page in a browser: there is no ${name}`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  process.stderr.write(`${reason}\n`);
  return undefined;
}
