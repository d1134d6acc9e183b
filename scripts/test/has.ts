import { spawnSync } from 'node:child_process';

/**
 * Whether a program is here. Where it is not, says what is skipped; with CI=true that is a failure.
 *
 * `command`: one that ends with 0, such as `nc -h`. `what`: the tests that need it.
 */
export function has(command: string, what: string): boolean {
  const [program = '', ...args] = command.split(' ');
  if (spawnSync(program, args).status === 0) return true;
  const reason = `SKIPPED: ${what}: there is no ${program}`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  process.stdout.write(`${reason}\n`);
  return false;
}
