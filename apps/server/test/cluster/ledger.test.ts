import { expect, test } from 'vitest';
import { writeHead, writeRecord } from '../../src/cluster/entry.ts';
import { Ledger } from '../../src/cluster/ledger.ts';
import { nothing } from '../../src/room/records.ts';
import { DEFAULTS } from '../room/house.ts';
import { seeded } from './sim.ts';

test('Ledger: what is pushed while other entries wait is applied after them, and once', () => {
  const up = writeRecord({ type: 'up', name: 'a', rules: 1, options: '{}' });
  const beat = writeRecord({ type: 'beat', position: 1, digest: 1 });
  for (let seed = 1; seed <= 100; seed++) {
    const random = seeded(seed);
    const took: number[] = [];
    const ledger = Ledger.at(
      undefined,
      { rooms: DEFAULTS, rules: 1, alike: '{}' },
      { apply: nothing, took: (_, seq) => took.push(seq) },
    );
    let pushed = 0;
    for (let round = 0; round < 40; round++) {
      for (let n = Math.floor(random() * 20); n > 0; n--)
        ledger.push(writeHead('a.1', pushed) + (pushed++ === 0 ? up : beat));
      for (let n = Math.floor(random() * 20); n > 0; n--) ledger.step(1);
    }
    while (ledger.step(100));
    expect([ledger.position, ledger.isBehind]).toEqual([pushed, false]);
    expect(took).toEqual(Array.from({ length: pushed }, (_, seq) => seq));
  }
});
