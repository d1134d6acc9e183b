import { spawnSync } from 'node:child_process';

/**
 * Whether a program is here. Where it isn't, says what is skipped; with CI=true or `PROTO_NEED_NATS=1` that is a failure.
 *
 * `command`: one that ends with 0, such as `nats-server --version`.
 */
export function has(command: readonly string[], what: string, install: string): boolean {
  const [program = '', ...args] = command;
  if (spawnSync(program, args).status === 0) return true;
  const reason = `${what}: there is no ${program}. apt-get install -y ${install}`;
  if (process.env['CI'] === 'true' || process.env['PROTO_NEED_NATS'] === '1') throw new Error(reason);
  process.stdout.write(`SKIPPED: ${reason}\n`);
  return false;
}
