import { spawnSync } from 'node:child_process';

/**
 * Whether a program is on this machine. Where it is not, says what is skipped; with CI=true that is a failure.
 */
export function has(program: string, argument: string, forWhat: string): boolean {
  if (spawnSync(program, [argument]).status === 0) return true;
  const reason = `SKIPPED: ${forWhat}: there is no ${program}`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  process.stderr.write(`${reason}\n`);
  return false;
}
