import process from 'node:process';
import { isatty } from 'node:tty';

/**
 * If its terminal is gone by then, this process ends as SIGHUP would have ended it. Node sets the terminal's mode back
 * when it ends, and aborts if it can't.
 *
 * Source: `ResetStdio` in Node's src/node.cc.
 */
export function endWithTerminal(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.once('exit', () => {
    if (terminals.every((fd) => isatty(fd))) return;
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  });
}
