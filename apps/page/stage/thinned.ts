import type { Message } from '@proto/watch';

/** While nothing happens, a tick is kept this often. In milliseconds. */
const EVERY_MS = 1_000;

type Tick = Extract<Message, { k: 'tick' }>;

/**
 * Leaves out ticks that say nothing new. The next one that is kept has the longest delay of the event loop of those
 * before it.
 */
export function thinned(messages: readonly Message[]): Message[] {
  const kept: Message[] = [];
  let last: Tick | undefined;
  let loopMs = 0;
  let seq = 0;
  for (const [at, message] of messages.entries()) {
    if (message.k !== 'tick') {
      kept.push(message);
      continue;
    }
    loopMs = Math.max(loopMs, message.loopMs);
    const isNew = last === undefined || message.t - last.t >= EVERY_MS || kept.at(-1)?.k !== 'tick';
    if (!isNew && at < messages.length - 1) continue;
    last = { ...message, seq: ++seq, loopMs };
    loopMs = 0;
    kept.push(last);
  }
  return kept;
}
