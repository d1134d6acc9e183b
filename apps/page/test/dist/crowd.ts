import { type Message, writeLine } from '@proto/watch';
import { hello, join, row, tick, turn } from '../model/told.ts';

/** A session of many clients, each with lines that wait: what a server says about them, without their bytes. */
export function crowdSession(clients: number): string {
  const all = Array.from({ length: clients }, (_, i) => i + 1);
  const messages: Message[] = [
    hello({ clients }, { why: 'file' }),
    ...all.map((c) => join(c, c, c, clients)),
    turn(clients + 1, 1, 1, 'waiting'),
  ];
  for (let t = 1_100; t < 10_000; t += 250) {
    const rows = all
      .filter((c) => (c * 7 + t / 50) % 6 < 1)
      // The room waits for the first client: everybody else has more and more lines that wait.
      .map((c) =>
        row(c, c === 1 ? 0 : Math.min(64, Math.floor(((c % 13) * (t - 1_000)) / 1_500)), { served: 0 }),
      );
    messages.push({ k: 'people', t, rows }, tick(t, { all: clients }));
  }
  return messages.map(writeLine).join('');
}
