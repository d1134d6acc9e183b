import { MOST_PEOPLE, MOST_ROOMS } from '@proto/watch';
import { expect, test } from 'vitest';
import { boundsOf } from '../../src/model/moment.ts';
import { factsOf, hello, tick } from './told.ts';

test('boundsOf: says how much of it is shown, at any moment', () => {
  const facts = factsOf(
    hello(),
    { k: 'state', t: 0, rooms: [], people: [], all: MOST_PEOPLE },
    tick(100, { all: MOST_PEOPLE, allRooms: MOST_ROOMS }),
    tick(200, { all: 2_345 }),
    tick(300, { all: 2_345, allRooms: 200 }),
    tick(400, { all: 3, allRooms: 65 }),
    tick(500, { all: 3 }),
  );
  expect([0, 100, 200, 300, 400, 500].map((t) => boundsOf(facts, t))).toEqual([
    '',
    '',
    '1,000 of 2,345 clients are shown.',
    '1,000 of 2,345 clients and 64 of 200 rooms are shown.',
    '64 of 65 rooms are shown.',
    '',
  ]);
});
