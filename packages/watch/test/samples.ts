import fc from 'fast-check';
import type { LeftOut, Message, NodeRow, PersonRow, RoomRow, WatchSettings } from '../src/index.ts';

const whole = fc.nat();
const time = fc.nat({ max: 1e9 }).map((tenths) => tenths / 10);
const text = fc.string({ unit: 'binary', maxLength: 20 });
const bytes = fc
  .uint8Array({ maxLength: 40 })
  .map((codes) => codes.reduce((all, code) => all + String.fromCharCode(code), ''));
const end = fc.constantFrom('FIN', 'RST');
const direction = fc.constantFrom('read', 'write');
const counts = fc.record({
  clients: whole,
  linesIn: whole,
  linesOut: whole,
  bytesIn: whole,
  bytesOut: whole,
  skips: whole,
});
const left: fc.Arbitrary<LeftOut> = fc.record({ chunks: whole, bytes: whole, turns: whole, others: whole });
const settings: fc.Arbitrary<WatchSettings> = fc.record({
  order: fc.constantFrom('strict', 'fair', 'free'),
  deliver: fc.constantFrom('sender', 'others', 'all'),
  transform: text,
  clients: whole,
  quit: fc.constantFrom('all', 'room', 'self'),
  framing: fc.constantFrom('lines', 'chunk'),
  events: fc.constantFrom('on', 'off'),
  transport: fc.constantFrom('tcp', 'tls', 'unix'),
  token: fc.boolean(),
  maxLineBytes: whole,
  maxOutboxBytes: whole,
  maxQueuedLines: whole,
  maxClients: whole,
  turnTimeoutMs: fc.oneof(whole, fc.constant<'never'>('never')),
  graceMs: whole,
});
const room: fc.Arbitrary<RoomRow> = fc.record(
  {
    room: text,
    have: whole,
    want: whole,
    turn: whole,
    holder: whole,
    waitedFor: whole,
    waitedMs: time,
    waiting: whole,
    held: fc.constant<true>(true),
  },
  { requiredKeys: ['room', 'have', 'want', 'turn', 'waiting'] },
);
const person: fc.Arbitrary<PersonRow> = fc.record(
  {
    c: whole,
    room: text,
    seat: whole,
    name: text,
    waiting: whole,
    served: whole,
    outbox: whole,
    slow: fc.constant<true>(true),
    paused: fc.constant<true>(true),
    open: whole,
    ended: text,
    handlingMs: time,
    inEnd: end,
    outEnd: end,
    closing: fc.constant<true>(true),
  },
  { requiredKeys: ['c', 'room', 'seat', 'name', 'waiting', 'served', 'outbox'] },
);

const node: fc.Arbitrary<NodeRow> = fc.record(
  { name: text, first: whole, last: whole, goneMs: time, left: fc.constant<true>(true) },
  { requiredKeys: ['name', 'first', 'last'] },
);

const kind = <K extends string>(...kinds: K[]): fc.Arbitrary<K> => fc.constantFrom(...kinds);
const rights = fc.array(fc.constantFrom('watch', 'join', 'hold'), { maxLength: 3 });
const v = fc.constant<1>(1);
const went = { t: time, c: whole, room: text, seat: whole, reason: text };

/** Any message, by its kind. Keys in the order of their types. */
const OF_KIND: { readonly [K in Message['k']]: fc.Arbitrary<Message> } = {
  hello: fc.record(
    {
      k: kind('hello'),
      v,
      at: text,
      address: text,
      why: fc.constantFrom('first', 'resync', 'file'),
      missed: left.chain((some) => fc.record({ ms: time }).map((more) => ({ ...some, ...more }))),
      rights,
      settings,
    },
    { requiredKeys: ['k', 'v', 'at', 'address', 'why', 'rights', 'settings'] },
  ),
  locked: fc.record({ k: kind('locked'), t: time, tries: whole }),
  state: fc.record(
    {
      k: kind('state'),
      t: time,
      rooms: fc.array(room, { maxLength: 3 }),
      people: fc.array(person, { maxLength: 3 }),
      all: whole,
      allRooms: whole,
      closing: fc.constant<true>(true),
    },
    { requiredKeys: ['k', 't', 'rooms', 'people', 'all'] },
  ),
  nodes: fc.record(
    {
      k: kind('nodes'),
      t: time,
      nodes: fc.array(node, { maxLength: 3 }),
      allNodes: whole,
      position: whole,
      pending: whole,
      entryMs: time,
      awayMs: time,
    },
    { requiredKeys: ['k', 't', 'nodes', 'position', 'pending', 'entryMs'] },
  ),
  listening: fc.record({ k: kind('listening'), t: time, address: text }),
  join: fc.record(
    {
      k: kind('join'),
      t: time,
      c: whole,
      room: text,
      seat: whole,
      address: text,
      name: text,
      have: whole,
      want: whole,
    },
    { requiredKeys: ['k', 't', 'c', 'room', 'seat', 'address', 'have', 'want'] },
  ),
  leave: fc.record({ k: kind('leave'), ...went }),
  drop: fc.record({ k: kind('drop'), ...went }),
  name: fc.record({ k: kind('name'), t: time, c: whole, name: text }),
  refuse: fc.record({ k: kind('refuse'), t: time, address: text, code: text }),
  cut: fc.record({ k: kind('cut'), t: time, address: text, code: text }),
  fault: fc.record({ k: kind('fault'), t: time, c: whole, code: text }),
  turn: fc.record({
    k: kind('turn'),
    t: time,
    room: text,
    n: whole,
    c: whole,
    seat: whole,
    state: fc.constantFrom('served', 'skipped', 'waiting', 'held'),
  }),
  rounds: fc.record({
    k: kind('rounds'),
    t: time,
    room: text,
    n: whole,
    count: whole,
    ring: fc.array(whole),
  }),
  waited: fc.record({
    k: kind('waited'),
    t: time,
    room: text,
    c: whole,
    end: fc.constantFrom('served', 'skipped', 'left', 'held'),
    ms: time,
  }),
  chunk: fc.record(
    { k: kind('chunk'), t: time, c: whole, d: direction, from: whole, len: whole, b: bytes, open: whole },
    { requiredKeys: ['k', 't', 'c', 'd', 'from', 'len', 'b'] },
  ),
  end: fc.record({
    k: kind('end'),
    t: time,
    c: whole,
    d: direction,
    how: end,
    by: fc.constantFrom('peer', 'server'),
    from: whole,
  }),
  quit: fc.record(
    {
      k: kind('quit'),
      t: time,
      scope: fc.constantFrom('all', 'room'),
      room: text,
      seat: whole,
      reason: text,
      told: fc.array(whole),
    },
    { requiredKeys: ['k', 't', 'scope', 'reason', 'told'] },
  ),
  quitDone: fc.record({
    k: kind('quitDone'),
    t: time,
    clean: fc.array(whole),
    forced: fc.array(whole),
    ms: time,
  }),
  drain: fc.record({ k: kind('drain'), t: time, reason: text, ms: time }),
  admin: fc.record({ k: kind('admin'), t: time, text }),
  handlerError: fc.record({ k: kind('handlerError'), t: time, c: whole, text }),
  warning: fc.record({ k: kind('warning'), t: time, text }),
  rooms: fc.record(
    { k: kind('rooms'), t: time, rooms: fc.array(room, { maxLength: 3 }), gone: fc.array(text) },
    { requiredKeys: ['k', 't', 'rooms'] },
  ),
  people: fc.record({ k: kind('people'), t: time, rows: fc.array(person, { maxLength: 3 }) }),
  tick: fc.record(
    { k: kind('tick'), t: time, seq: whole, all: whole, allRooms: whole, counts, loopMs: time, left },
    { requiredKeys: ['k', 't', 'seq', 'all', 'counts', 'loopMs', 'left'] },
  ),
  lesson: fc.record({
    k: kind('lesson'),
    t: time,
    number: whole,
    title: text,
    try: text,
    flags: fc.array(text),
  }),
  caption: fc.record({ k: kind('caption'), t: time, text, c: whole }, { requiredKeys: ['k', 't', 'text'] }),
  stopped: fc.record({ k: kind('stopped'), t: time, why: text }),
};

export const KINDS: readonly Message['k'][] = Object.keys(OF_KIND) as Message['k'][];

/** Any message of one kind. */
export function anyOf(k: Message['k']): fc.Arbitrary<Message> {
  return OF_KIND[k];
}

/** Any message. */
export const anyMessage: fc.Arbitrary<Message> = fc.oneof(...Object.values(OF_KIND));
