import type { Message } from '@proto/watch';

/** A tick is kept at most this often, and while nothing happens this often. In milliseconds. */
const LEAST_MS = 250;
const IDLE_MS = 1_000;

type Tick = Extract<Message, { k: 'tick' }>;

/**
 * Leaves out ticks that say nothing new, or follow closely. The next one that is kept has the longest delay of the event
 * loop of those before it.
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
    const age = message.t - (last?.t ?? -Infinity);
    const isDue = age >= (kept.at(-1)?.k === 'tick' ? IDLE_MS : LEAST_MS);
    if (!isDue && at < messages.length - 1) continue;
    last = { ...message, seq: ++seq, loopMs };
    loopMs = 0;
    kept.push(last);
  }
  return kept;
}
