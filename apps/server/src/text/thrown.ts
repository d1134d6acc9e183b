import { inspect } from 'node:util';

/** What somebody threw, for people. */
export interface Thrown {
  readonly text: string;
  readonly stack: string | undefined;
}

/** How many characters of a stack are worth keeping. */
const MOST = 4_096;

/**
 * Describes what was thrown, which may be anything: an error without a stack, a symbol, a proxy, an object that throws
 * when it is looked at. Never throws. Both texts are at most 4,096 characters.
 */
export function thrown(error: unknown): Thrown {
  try {
    if (!(error instanceof Error)) return { text: cut(inspect(error)), stack: undefined };
    // An error's own members may be anything, too.
    const { name, message, stack }: { name: unknown; message: unknown; stack?: unknown } = error;
    const text = cut(`${String(name)}: ${String(message)}`);
    return { text, stack: typeof stack === 'string' ? cut(stack) : undefined };
  } catch {
    return { text: `a thrown ${typeof error} that cannot be shown`, stack: undefined };
  }
}

function cut(text: string): string {
  return text.slice(0, MOST);
}
