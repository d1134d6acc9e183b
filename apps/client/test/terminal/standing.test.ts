import type { Event } from '@proto/protocol';
import { expect, test } from 'vitest';
import { after, NOWHERE, type Standing } from '../../src/terminal/standing.ts';

const ME: Event = { verb: 'WELCOME', seat: 2, clients: 3, room: 'main', version: 1 };
const stand = (...events: Event[]): Standing => [ME, ...events].reduce(after, NOWHERE);
const join = (seat: number, name = '-'): Event => ({ verb: 'JOIN', seat, name, address: 'x' });

test('after: knows who came, who spoke, who was listed and who has left', () => {
  const { seats, names } = stand(
    join(3, 'bob'),
    join(4),
    { verb: 'MSG', seat: 1, text: 'hi' },
    { verb: 'WHO', seat: 2, name: 'me', address: 'x', queued: 0 },
    { verb: 'NAME', seat: 4, name: 'ann' },
    { verb: 'LEAVE', seat: 3, reason: 'end' },
  );
  expect([...seats]).toEqual([1, 2, 4]);
  expect([...names]).toEqual([
    [2, 'me'],
    [4, 'ann'],
  ]);
});

test('after: keeps 256 of those it heard of, whatever a server tells', () => {
  let standing = stand();
  for (let seat = 1; seat <= 1000; seat++) standing = after(standing, join(seat, `n${seat}`));
  expect(standing.seats.size).toBe(256);
  expect(standing.names.size).toBe(256);
  expect(standing.names.get(1000)).toBe('n1000');
});

test('after: gives the same standing where nothing has changed', () => {
  const standing = stand(join(3, 'bob'));
  expect(after(standing, { verb: 'MSG', seat: 3, text: 'hi' })).toBe(standing);
  expect(after(standing, { verb: 'PONG', text: 'hi' })).toBe(standing);
});
