import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a program and gives what it sends to its parent.
 *
 * Errors: rejects if it ends without a word.
 */
export async function askApart<Answer>(program: string, ...args: readonly string[]): Promise<Answer> {
  return answerOf<Answer>(startApart(program, ...args), args.join(', '));
}

/** Starts a program that talks to its parent. */
export function startApart(program: string, ...args: readonly string[]): ChildProcess {
  const execArgv = [...process.execArgv.filter((arg) => arg !== '--expose-gc'), '--expose-gc'];
  return fork(program, args, { execArgv });
}

/**
 * The next thing that a child says.
 *
 * Errors: rejects if it ends without a word.
 */
export async function answerOf<Answer>(child: ChildProcess, what: string): Promise<Answer> {
  const stop = new AbortController();
  const { signal } = stop;
  const silent = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`Cannot measure ${what}: its process ended with ${code} and said nothing`);
  });
  try {
    const [answer] = await Promise.race([once(child, 'message', { signal }), silent]);
    return answer as Answer;
  } finally {
    silent.catch(() => {});
    stop.abort();
  }
}
