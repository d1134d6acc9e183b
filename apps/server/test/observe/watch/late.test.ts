import { systemClock } from '@proto/scheduler';
import { type Message, MessageReader } from '@proto/watch';
import { expect, test } from 'vitest';
import { Watchers } from '../../../src/observe/watch/watchers.ts';
import type { Server } from '../../../src/index.ts';
import { memoryServer } from '../../peer.ts';

/** What a watcher that comes now gets first. */
function opening(server: Server): readonly Message[] {
  const clock = systemClock;
  const options = { server, rights: ['watch'], clock, address: () => 'memory', loopMs: () => 0 } as const;
  const watchers = new Watchers(options);
  const texts: string[] = [];
  const watcher = { unsentBytes: 0, send: (text: string) => void texts.push(text) };
  watchers.add(watcher);
  watchers.delete(watcher);
  const { messages, damages } = new MessageReader().push(texts.join(''));
  expect(damages).toEqual([]);
  return messages;
}

/** Looks after each pass of the event loop. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

const some = expect.any(Number) as number;

test('Watchers: who comes late gets how long the room has waited, and which stream has ended', async () => {
  const { server, join } = await memoryServer({ clients: 2 });
  const [first, second] = [await join().line(/WELCOME/), await join().line(/WELCOME/)];
  first.duplex.write('he');
  second.say('early').duplex.end();
  await until(() => server.loadOf(1)?.openBytes === 2 && server.loadOf(2)?.hasEnded === true);
  expect(opening(server)[1]).toMatchObject({
    rooms: [{ waitedFor: 1, waitedMs: some }],
    people: [
      { c: 1, open: 2 },
      { c: 2, waiting: 1, inEnd: 'FIN', ended: 'end of input' },
    ],
  });
});

test('Watchers: who comes late gets how long the handler has had a line', async () => {
  let finish = (): void => {};
  const transform = (line: string): Promise<string> =>
    new Promise((resolve) => (finish = () => resolve(line)));
  const { server, join } = await memoryServer({ order: 'free', transform });
  const peer = join().say('slow');
  await until(() => server.loadOf(1)?.handlingMs !== undefined);
  expect(opening(server)[1]).toMatchObject({ people: [{ c: 1, waiting: 1, handlingMs: some }] });
  finish();
  await peer.line('slow');
  expect(Object.keys(server.loadOf(1) ?? {})).toContain('handlingMs');
  expect(server.loadOf(1)?.handlingMs).toBeUndefined();
  peer.duplex.destroy();
});

test('Watchers: a handler that answers at once has had no line', async () => {
  const { server, join } = await memoryServer({ order: 'free', transform: (line) => line });
  const peer = await join().say('fast').line('fast');
  expect(server.loadOf(1)?.handlingMs).toBeUndefined();
  peer.duplex.destroy();
});

test('Watchers: who comes late gets the quits that are not over, and those whom they reach', async () => {
  const { server, join } = await memoryServer({ clients: 2, quit: 'room' });
  const [first, second] = [await join().line(/WELCOME/), await join().line(/WELCOME/)];
  first.say('/quit enough');
  await second.line(/BYE/);
  const [, state, quit] = opening(server);
  expect(state).toMatchObject({
    rooms: [],
    people: [
      { c: 1, seat: 1, closing: true, outEnd: 'FIN' },
      { c: 2, seat: 2, closing: true, outEnd: 'FIN' },
    ],
    all: 2,
  });
  expect(quit).toMatchObject({
    k: 'quit',
    scope: 'room',
    room: 'main',
    seat: 1,
    reason: 'enough',
    told: [1, 2],
  });
  const done = new Promise((resolve) => void server.once('quitDone', resolve));
  for (const peer of [first, second]) peer.duplex.destroy();
  await done;
  expect(opening(server).map(({ k }) => k)).toEqual(['hello', 'state']);
});
