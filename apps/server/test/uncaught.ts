import { onTestFinished } from 'vitest';

/** From now on takes uncaught errors from the test runner, until the test is over. Gives a function that gives their messages. */
export function uncaught(): () => Promise<string[]> {
  const messages: string[] = [];
  const kept = process.listeners('uncaughtException');
  const listener = (error: Error): void => void messages.push(error.message);
  process.removeAllListeners('uncaughtException').on('uncaughtException', listener);
  onTestFinished(() => {
    process.off('uncaughtException', listener);
    for (const each of kept) process.on('uncaughtException', each);
  });
  return async () => {
    await new Promise(setImmediate);
    return messages;
  };
}
