import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built site. */
export const DIST: string = fileURLToPath(new URL('../../dist', import.meta.url));

/** Every page of the site with its text, apart from those of the live page, which has its own tests. */
export function pages(): Map<string, string> {
  if (!existsSync(DIST)) throw new Error('the site is not built');
  const names = readdirSync(DIST, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.html') && !name.startsWith('live/'));
  return new Map(names.map((name) => [name, readFileSync(join(DIST, name), 'utf8')]));
}
