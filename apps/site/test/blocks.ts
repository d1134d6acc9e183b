import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { published, ROOT } from '../tools/entries.ts';

/** A program of a guide or of a docstring. */
export interface Program {
  /** Where it is written: `docs/guides/fair-turns.md, block 2`, or `packages/codec/src/lines.ts, lines`. */
  readonly at: string;
  readonly source: string;
  /** The file that the guide saves it as, if it does. */
  readonly file?: string;
}

/** A command of a guide, and the lines that it shows. */
export interface Command {
  readonly command: string;
  readonly shows: readonly string[];
}

/** A guide: its programs, and what is typed. */
export interface Guide {
  readonly name: string;
  readonly programs: readonly Program[];
  readonly commands: readonly Command[];
}

/** Guides whose `console` blocks are played in terminals, by scripts/test/played.test.ts. */
const PLAYED = new Set(['getting-started.md']);

/** Every guide. `Save this as` names the file of the block that follows. */
export function guides(): Guide[] {
  const folder = join(ROOT, 'docs/guides');
  return readdirSync(folder).map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const blocks = [...text.matchAll(/```(ts|console)\n(.*?)```/gs)];
    const programs = blocks.flatMap(([, language, source = ''], index): Program[] => {
      if (language !== 'ts') return [];
      const before = text.slice(0, blocks[index]!.index).split('```').at(-1);
      const file = /[Ss]ave\s+this\s+as\s+`(\w+\.ts)`/.exec(before ?? '')?.[1];
      return [{ at: `docs/guides/${name}, block ${index + 1}`, source, ...(file !== undefined && { file }) }];
    });
    const consoles = PLAYED.has(name) ? [] : blocks.filter(([, language]) => language === 'console');
    return { name, programs, commands: consoles.flatMap(([, , body = '']) => commandsOf(body)) };
  });
}

function commandsOf(body: string): Command[] {
  return body
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...shows] = part.trimEnd().split('\n');
      return { command, shows };
    });
}

/** Every `@example` of the published sources. */
export function examples(): Program[] {
  return published().flatMap(({ folder }) =>
    readdirSync(join(ROOT, folder, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => examplesOf(`${folder}/src/${name}`)),
  );
}

function examplesOf(file: string): Program[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/^ *\* @example\n *\* ```ts\n(.*?)^ *\* ```/gms)].map(
    ({ 1: body = '', index }) => {
      const source = body.replace(/^ *\* ?/gm, '');
      const symbol = /\*\/\s*(?:export )?(?:async )?(?:class |function )?(\w+)/.exec(text.slice(index))?.[1];
      return { at: `${file}, ${symbol ?? ''}`, source };
    },
  );
}

/** The lines that a program says it prints: what stands after `// ` where it prints. */
export function promised(source: string): string[] {
  return [...source.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => line!);
}
