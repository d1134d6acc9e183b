import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DIST } from './chromium.ts';

/** How large the built page is as a browser loads it: compressed, fonts as they are. In bytes. */
export interface Bundle {
  readonly js: number;
  readonly css: number;
  readonly fonts: number;
}

const sum = (all: readonly Buffer[]): number => all.reduce((bytes, { length }) => bytes + length, 0);

/** Measures the built page. */
export function bundle(): Bundle {
  const files = readdirSync(DIST, { recursive: true }).map(String);
  const read = (ending: string): Buffer[] =>
    files.filter((file) => file.endsWith(ending)).map((file) => readFileSync(join(DIST, file)));
  const zipped = (ending: string): number => sum(read(ending).map((bytes) => gzipSync(bytes, { level: 9 })));
  return { js: zipped('.js'), css: zipped('.css'), fonts: sum(read('.woff2')) };
}
