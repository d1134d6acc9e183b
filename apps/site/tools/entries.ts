import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT: string = fileURLToPath(new URL('../../..', import.meta.url));

/** A published package. */
export interface Published {
  readonly name: string;
  /** From the root: `packages/codec`. */
  readonly folder: string;
  /** What it exports, by the name to import: `@proto/codec/node`, with its source. */
  readonly entries: ReadonlyMap<string, string>;
}

type Manifest = {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
};

/** Every package that is published, with every entry point of its `exports`. */
export function published(): Published[] {
  return ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(ROOT, group)).flatMap((child): Published[] => {
      const folder = `${group}/${child}`;
      const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest;
      return manifest.private ? [] : [{ name: manifest.name, folder, entries: entriesOf(folder, manifest) }];
    }),
  );
}

function entriesOf(folder: string, { name, exports = {} }: Manifest): Map<string, string> {
  const doors = Object.entries(exports).filter(([door]) => door !== './package.json');
  return new Map(
    doors.map(([door, conditions]) => {
      const source = typeof conditions === 'string' ? undefined : conditions['@proto/source'];
      if (source === undefined)
        throw new Error(`Cannot document ${name}: "${door}" of its exports has no source`);
      return [name + door.slice(1), join(ROOT, folder, source)];
    }),
  );
}
