import process from 'node:process';
import type { Readable, Writable } from 'node:stream';

/** What a hang-up is noticed by. */
export interface HangUpParts {
  readonly input: Readable;
  readonly output: Writable;
  /** Is called once. */
  readonly act: () => void;
}

/**
 * Notices that the terminal is gone, or that this process is told to end: by SIGHUP or SIGTERM, or, where no SIGHUP comes,
 * by the end of the input or an error (EIO) of either direction. When everything is done, the process ends by that
 * signal: otherwise Node would set the mode of the terminal back, and be stopped for it in the background.
 */
export function watchHangUp({ input, output, act }: HangUpParts): void {
  let isNoticed = false;
  const notice = (signal: 'SIGHUP' | 'SIGTERM'): void => {
    if (isNoticed) return;
    isNoticed = true;
    process.once('exit', () => {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    });
    act();
  };
  process.on('SIGHUP', () => notice('SIGHUP'));
  process.on('SIGTERM', () => notice('SIGTERM'));
  const gone = (): void => notice('SIGHUP');
  input.on('end', gone).on('error', gone);
  output.on('error', gone);
}
