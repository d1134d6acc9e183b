import { connect } from '../src/library/connect.ts';
import { Backoff, Reconnect, type ReconnectParts } from '../src/mode/reconnect.ts';

/** A reconnect to a port that does not sleep; what it says and how long it would have slept. */
export function impatient(
  port: number,
  parts: Partial<ReconnectParts> = {},
): { reconnect: Reconnect; said: string[]; slept: number[] } {
  const [said, slept]: [string[], number[]] = [[], []];
  const reconnect = new Reconnect({
    open: () => connect({ port }),
    note: (line) => said.push(line),
    sleep: (ms) => Promise.resolve(slept.push(ms)),
    now: () => 0,
    backoff: new Backoff(() => 0.5),
    ...parts,
  });
  return { reconnect, said, slept };
}
