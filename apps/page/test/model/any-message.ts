import fc from 'fast-check';
import { nodes, row, tick } from './told.ts';

const c = fc.integer({ min: 1, max: 3 });
const n = fc.integer({ min: 0, max: 5 });
const main = fc.constant('main');
const d = fc.constantFrom('read', 'write');
const cs = fc.array(c, { maxLength: 3 });
const b = fc.constantFrom('', 'a', 'a\n', '\n* BYE x\n', '\r', '/pass\n');
const full = { room: 'main', have: 2, want: 2, turn: 1, waiting: 0 };

const anyNode = fc.oneof(
  fc.record({ name: fc.string(), first: n, last: n }),
  fc.record({ name: fc.string(), first: n, last: n, goneMs: n }),
);

/** A message of any kind, with or without sense; its time comes from the test. */
export const anyMessage: fc.Arbitrary<object> = fc.oneof(
  fc.record({ k: fc.constant('join'), c, room: main, seat: n, address: fc.string(), have: n, want: n }),
  fc.record({ k: fc.constantFrom('leave', 'drop'), c, room: main, seat: n, reason: fc.string() }),
  fc.record({
    k: fc.constant('turn'),
    c,
    room: main,
    seat: n,
    n,
    state: fc.constantFrom('served', 'skipped', 'waiting'),
  }),
  fc.record({ k: fc.constant('waited'), c, room: main, ms: n, end: fc.constantFrom('served', 'left') }),
  fc.record({ k: fc.constant('rounds'), room: main, n, count: n, ring: cs }),
  fc.record({ k: fc.constant('chunk'), c, d, from: n, len: n, b, open: n }),
  fc.record({
    k: fc.constant('end'),
    c,
    d,
    from: n,
    by: fc.constant('peer'),
    how: fc.constantFrom('FIN', 'RST'),
  }),
  fc.record({
    k: fc.constant('quit'),
    seat: n,
    reason: fc.string(),
    told: cs,
    scope: fc.constantFrom('all', 'room'),
  }),
  fc.record({ k: fc.constant('drain'), reason: fc.constant('r'), ms: n }),
  fc.record({ k: fc.constant('admin'), text: fc.constant('kick 1') }),
  fc.record({ k: fc.constant('quitDone'), clean: cs, forced: cs, ms: n }),
  fc.constant({ k: 'people', rows: [row(1, 3, { slow: true }), row(2, 0)] }),
  fc.constant({ k: 'state', rooms: [full], people: [row(2, 1)], all: 1 }),
  fc.constant({ k: 'rooms', rooms: [{ ...full, waitedFor: 1 }], gone: ['side'] }),
  fc.record({
    k: fc.constant('nodes'),
    nodes: fc.array(anyNode, { maxLength: 3 }),
    allNodes: n,
    position: n,
    pending: n,
    entryMs: n,
  }),
  fc.constant(nodes(0, { awayMs: 3_000 })),
  n.map((loop) => tick(0, { loopMs: loop * 40 })),
);
