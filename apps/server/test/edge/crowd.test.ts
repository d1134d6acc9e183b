import { VirtualClock } from '@proto/scheduler/testing';
import { expect, test } from 'vitest';
import { memoryServer } from '../peer.ts';

test('crowd: what comes of a client that a line makes slow comes behind that line, for all of them', async () => {
  // Time stands still: no pass is cut short, so all have got the same when they are compared.
  const options = { clients: 3, deliver: 'all', maxOutboxBytes: 8_192 } as const;
  const { server, join } = await memoryServer(options, new VirtualClock());
  const [first, deaf, last] = [join(), join(), join()];
  await first.line('* TURN 1');
  deaf.duplex.pause();
  last.say('waits for its turn');
  await first.say('it is your turn now, 2').line('* TURN 2');
  for (let said = 0; !first.lines.includes('* SKIP 2 not reading'); said++) {
    server.say(`${said}`);
    await first.line(new RegExp(`SAY.* ${said}$`));
  }
  await first.line('* MSG 3 WAITS FOR ITS TURN');
  await last.line('WAITS FOR ITS TURN');
  const heardBy = ({ lines }: { lines: string[] }): string[] =>
    lines.slice(lines.indexOf('* TURN 2')).map((line) => line.replace('* MSG 3 ', ''));
  expect(heardBy(last)).toEqual(heardBy(first));
});

test('crowd: a client that a quit closes gets what was said before, though nothing says goodbye', async () => {
  const { join } = await memoryServer({ order: 'free', deliver: 'others', events: 'off' });
  const [sender, other] = [join(), join()];
  sender.say('one', 'two', 'quit');
  await other.end();
  expect(other.lines).toEqual(['ONE', 'TWO']);
});

test('crowd: others get what a client said before that client is answered', async () => {
  const { server, join } = await memoryServer({ order: 'free', deliver: 'others' });
  const [sender, one, other] = [join(), join(), join()];
  await one.line(/^\* JOIN 3/);
  const written: number[] = [];
  server.on('chunk', ({ direction, client }) => {
    if (direction === 'write') written.push(client);
  });
  sender.say('hello');
  await sender.line('* OK');
  await other.line('* MSG 1 HELLO');
  expect(written).toEqual([2, 3, 1]);
});
