import { EventEmitter } from 'node:events';
import { lines } from '@proto/codec';
import { VirtualClock } from '@proto/scheduler/testing';
import { expect, test } from 'vitest';
import { type Edge, Effects } from '../../src/effects/effects.ts';
import { TurnDeadlines } from '../../src/effects/turn-deadlines.ts';
import { noCounts } from '../../src/events/counts.ts';
import type { ServerEvents } from '../../src/events/events.ts';
import { nothing } from '../../src/room/records.ts';

test('Effects: whatever a listener throws, the edge hears who was answered', () => {
  const events = new EventEmitter<ServerEvents>();
  const served: [number, number][] = [];
  const edge: Edge = {
    seat: () => {},
    served: (client, count) => served.push([client, count]),
    toOne: () => {},
    toMany: () => {},
    close: () => {},
  };
  const effects = new Effects({
    edge,
    events,
    counts: noCounts(),
    framing: lines(),
    turnDeadlines: new TurnDeadlines('never', new VirtualClock(), () => {}),
    work: () => {},
    quit: () => {},
  });
  events.on('turn', () => {
    throw new Error('no');
  });
  const out = nothing();
  out.turns.push({ client: 1, room: 'main', seat: 1, number: 1, state: 'served', before: 0 });
  out.served.push({ client: 1, lines: 3 });
  expect(() => effects.carryOut(out)).toThrow('no');
  expect(served).toEqual([[1, 3]]);
});
