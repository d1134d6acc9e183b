import { fileURLToPath } from 'node:url';
import { askApart } from '../apart.ts';
import type { Figure, Result } from '../figure.ts';
import { memoryFigures } from './memory.ts';
import { races } from './races.ts';

const APART = fileURLToPath(new URL('race-apart.ts', import.meta.url));

/** Each race runs in a process of its own: what the engine has learned in one does not slow or speed another. */
function apart({ name }: Figure): Figure {
  return { name, measure: () => askApart<readonly Result[]>(APART, name) };
}

/** The figures of `@proto/codec`. */
export const codecFigures: readonly Figure[] = [...races.map(apart), ...memoryFigures];
