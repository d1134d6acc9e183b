import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { QuitMember } from '@proto/scheduler';

/**
 * Starts a program, and gives it when it has printed that it is ready. It ends with this process.
 *
 * Errors: rejects if there is no such program, and if it ends before it is ready.
 */
export function start(command: string, args: readonly string[], ready: RegExp): Promise<ChildProcess> {
  // In a group of its own: Ctrl-C ends only us, and we end the programs, in order.
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  process.once('exit', () => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    let isReady = false;
    let printed = '';
    for (const output of [child.stdout, child.stderr]) {
      createInterface(output).on('line', (line) => {
        isReady ||= ready.test(line);
        if (isReady) resolve(child);
        else printed += `\n${line}`;
      });
    }
    child.once('error', (error) => reject(new Error(`Cannot start ${command}: ${error.message}`)));
    child.once('close', (code, signal) => {
      reject(new Error(`Cannot go on: ${command} has ended with ${signal ?? code}${printed}`));
    });
  });
}

/** A program that ends when it's asked to. */
export function programMember(child: ChildProcess): QuitMember {
  return {
    drain: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
    destroy: () => child.kill('SIGKILL'),
  };
}
