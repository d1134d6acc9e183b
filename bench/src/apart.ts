import { fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a program with one argument and gives what it sends to its parent.
 *
 * Errors: rejects if it ends without a word.
 */
export async function askApart<Answer>(program: string, argument: string): Promise<Answer> {
  const execArgv = [...process.execArgv.filter((arg) => arg !== '--expose-gc'), '--expose-gc'];
  const child = fork(program, [argument], { execArgv });
  const silent = once(child, 'exit').then(([code]) => {
    throw new Error(`Cannot measure ${argument}: its process ended with ${code} and said nothing`);
  });
  const [answer] = await Promise.race([once(child, 'message'), silent]);
  return answer as Answer;
}
