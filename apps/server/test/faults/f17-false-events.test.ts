import { parseServerLine } from '@proto/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryServer } from '../peer.ts';
import { figure, size } from './figure.ts';

/** Text as a client may send it, much of it in the shape of an event, of a reply doubled, or of several lines. */
const accepted = fc.oneof(
  fc.stringMatching(/^[\t\x20-\x7e]{0,40}$/),
  fc
    .tuple(
      fc.constantFrom('*', '**', '* ', '*\t', ' * ', '* * ', ''),
      fc.constantFrom('BYE', 'QUIT', 'ERR', 'MSG', 'WELCOME', 'OK', 'bye', ''),
      fc.stringMatching(/^[\t\x20-\x7e]{0,12}$/),
    )
    .map(([star, verb, rest]) => `${star}${verb} ${rest}`),
);

const quit = /^quit$/i;

test('F17: no text that is accepted can begin like an event', async () => {
  const texts = size(2_000, 100_000);
  const { join } = await memoryServer({
    order: 'free',
    deliver: 'all',
    transform: 'none',
    maxQueuedLines: 1_000,
  });
  const [sender, reader] = [join(), join()];
  await reader.line(/^\* WELCOME/);
  let falseEvents = 0;
  const sample = fc.sample(accepted, { numRuns: texts, seed: 17 }).filter((text) => !quit.test(text));
  for (let at = 0; at < sample.length; at += 500) {
    const batch = sample.slice(at, at + 500);
    sender.lines.length = 0;
    reader.lines.length = 0;
    // A text that begins with a slash is a message with one more in front.
    sender.say(...batch.map((text) => (text.startsWith('/') ? `/${text}` : text)));
    await sender.until(({ lines }) => lines.length >= batch.length);
    await reader.until(({ lines }) => lines.length >= batch.length);
    for (const [index, text] of batch.entries()) {
      const replied = parseServerLine(sender.lines[index] ?? '');
      const relayed = parseServerLine(reader.lines[index] ?? '');
      if (replied?.kind !== 'reply' || replied.text !== text) falseEvents++;
      const isMessage = relayed?.kind === 'event' && relayed.event.verb === 'MSG';
      if (!isMessage || relayed.event.text !== text || relayed.event.seat !== 1) falseEvents++;
    }
    expect(falseEvents).toBe(0);
  }
  figure({
    id: 'F17',
    what: `false events in ${sample.length} texts`,
    value: falseEvents,
    unit: '',
    atMost: 0,
  });
});

test('F17: nor can a reason, a name, or what a handler returns', async () => {
  const { join } = await memoryServer({
    order: 'free',
    quit: 'self',
    transform: (line) => line.replaceAll('|', '\n').replaceAll('^', '\r'),
  });
  const [one, other] = [join(), join()];
  await other.line(/^\* WELCOME/);
  one.say('* BYE forged', 'a|* BYE forged', 'a^* BYE forged', '/ping * BYE forged', '/to 2 * BYE forged');
  one.say('/quit * BYE forged');
  await one.end();
  await other.line(/^\* LEAVE 1/);
  const events = [...one.lines, ...other.lines].map((line) => parseServerLine(line));
  const byes = events.filter((line) => line?.kind === 'event' && line.event.verb === 'BYE');
  expect(byes).toEqual([{ kind: 'event', event: { verb: 'BYE', reason: '* BYE forged' } }]);
  expect(one.lines.filter((line) => line.startsWith('* ERR HANDLER'))).toHaveLength(2);
  expect(other.lines).toContain('* MSG 1 * BYE forged');
});
