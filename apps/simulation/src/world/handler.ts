import type { Handler } from '@proto/server';
import type { WorldClock } from './clock.ts';

/** What becomes of a line in a world with a handler, by its first word. */
export type Fate =
  | 'answers'
  | 'answers late'
  | 'works long'
  | 'says nothing'
  | 'throws'
  | 'rejects'
  | 'hangs'
  | 'says no line';

const FATES: Readonly<Record<string, Fate>> = {
  late: 'answers late',
  long: 'works long',
  none: 'says nothing',
  throw: 'throws',
  reject: 'rejects',
  hang: 'hangs',
  odd: 'says no line',
};

/** How long a late answer takes, and long work. In milliseconds. */
const LATE_MS = 40;
const LONG_MS = 12;

export const HANDLER_WORDS: readonly string[] = Object.keys(FATES);

export function fateOf(text: string): Fate {
  return FATES[text.split(' ', 1)[0] ?? ''] ?? 'answers';
}

/** What a handler that answers makes of a line. */
export function madeOf(text: string): string {
  return `<${text}>`;
}

/** A handler that works in the time of a world. */
export function handlerOf(clock: WorldClock): Handler {
  return (text) => {
    switch (fateOf(text)) {
      case 'answers late':
        return new Promise((resolve) => {
          clock.setTimeout(() => resolve(madeOf(text)), LATE_MS);
        });
      case 'works long':
        clock.spend(LONG_MS);
        return madeOf(text);
      case 'says nothing':
        return undefined;
      case 'throws':
        throw new Error('The handler of this world throws');
      case 'rejects':
        return Promise.reject(new Error('The handler of this world rejects'));
      case 'hangs':
        return new Promise(() => {});
      case 'says no line':
        return 'no\u0000line';
      default:
        return madeOf(text);
    }
  };
}
