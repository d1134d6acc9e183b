import { EventEmitter } from 'node:events';
import { VirtualClock } from '@proto/scheduler/testing';
import { expect, test } from 'vitest';
import { Effects, type Recipients } from '../../src/effects/effects.ts';
import { TurnDeadlines } from '../../src/effects/turn-deadlines.ts';
import { noCounts } from '../../src/events/counts.ts';
import type { ServerEvents } from '../../src/events/events.ts';
import { Telling } from '../../src/events/telling.ts';
import { nothing } from '../../src/room/records.ts';
import { uncaught } from '../uncaught.ts';

test('Effects: whatever a listener throws, everything is carried out', async () => {
  const thrown = uncaught();
  const events = new EventEmitter<ServerEvents>();
  const did: string[] = [];
  const edge: Recipients = {
    seat: ({ client }) => did.push(`seat ${client}`),
    served: (client, lines) => did.push(`served ${client} ${lines}`),
    deliver: () => did.push('deliver'),
    close: (client) => did.push(`close ${client}`),
  };
  const effects = new Effects({
    edge,
    telling: new Telling(events),
    counts: noCounts(),
    turnDeadlines: new TurnDeadlines('never', new VirtualClock(), () => true),
    isOwn: () => true,
    work: () => {},
    quit: () => {},
  });
  for (const name of ['join', 'turn', 'leave'] as const) {
    events.on(name, () => {
      throw new Error(name);
    });
  }
  const out = nothing();
  const place = { client: 1, room: 'main', seat: 1 };
  out.came.push({ ...place, address: 'a', have: 1, want: 1 });
  out.turns.push({ ...place, number: 1, state: 'served', before: 0 });
  out.deliveries.push({ to: 1, except: undefined, line: 'A' });
  out.served.push({ client: 1, lines: 3 });
  out.left.push({ ...place, address: 'a', reason: 'end' });
  out.closed.push(1);
  effects.carryOut(out);
  expect(did).toEqual(['seat 1', 'deliver', 'served 1 3', 'close 1']);
  expect(await thrown()).toEqual(['join', 'turn', 'leave']);
});
