import type { Writable } from 'node:stream';

/** Whether a write failed because the reader of the output has gone, as `| head -1` does. */
export function isReaderGone(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'EPIPE';
}

/**
 * Keeps an output that can't be written from ending the process with a stack trace. If its reader has gone, that needs no
 * word. Anything else (a full disk) is told to `failed`, in one line, unless somebody else listens for it.
 */
export function quietOutput(output: Writable, failed: (line: string) => void): void {
  output.on('error', (error) => {
    if (!isReaderGone(error) && output.listenerCount('error') === 1)
      failed(`Cannot write the output: ${error.message}`);
  });
}
