import {
  bytes,
  type Check,
  type Checks,
  either,
  list,
  maybe,
  object,
  only,
  text,
  time,
  truth,
  whole,
} from './check.ts';
import type { Message } from './messages.ts';
import type { Counts, LeftOut, Missed, NodeRow, PersonRow, RoomRow, WatchSettings } from './rows.ts';

const leftOut: Checks<LeftOut> = { chunks: whole, bytes: whole, turns: whole, others: whole };
const missed: Check<Missed> = object<Missed>({ ...leftOut, ms: time });
const never: Check<number | 'never'> = either(whole, only('never'));

const settings: Check<WatchSettings> = object<WatchSettings>({
  order: text,
  deliver: only('sender', 'others', 'all'),
  transform: text,
  clients: whole,
  quit: only('all', 'room', 'self'),
  framing: text,
  events: only('on', 'off'),
  transport: only('tcp', 'tls', 'unix'),
  token: truth,
  maxLineBytes: whole,
  maxOutboxBytes: whole,
  maxQueuedLines: whole,
  maxClients: whole,
  turnTimeoutMs: never,
  graceMs: whole,
  lesson: maybe(whole),
});

const end = only('FIN', 'RST');

const counts: Check<Counts> = object<Counts>({
  clients: whole,
  linesIn: whole,
  linesOut: whole,
  bytesIn: whole,
  bytesOut: whole,
  skips: whole,
});

const room: Check<RoomRow> = object<RoomRow>({
  room: text,
  have: whole,
  want: whole,
  turn: whole,
  holder: maybe(whole),
  waitedFor: maybe(whole),
  waitedMs: maybe(time),
  waiting: whole,
  held: maybe(only(true)),
});

const person: Check<PersonRow> = object<PersonRow>({
  c: whole,
  room: text,
  seat: whole,
  name: text,
  waiting: whole,
  served: whole,
  outbox: whole,
  slow: maybe(only(true)),
  paused: maybe(only(true)),
  open: maybe(whole),
  ended: maybe(text),
  handlingMs: maybe(time),
  inEnd: maybe(end),
  outEnd: maybe(end),
  closing: maybe(only(true)),
});

const node: Check<NodeRow> = object<NodeRow>({
  name: text,
  first: whole,
  last: whole,
  goneMs: maybe(time),
  left: maybe(only(true)),
});

const went = { t: time, c: whole, room: text, seat: whole, reason: text };
const turnedAway = { t: time, address: text, code: text };
const direction = only('read', 'write');

type Kind = Message['k'];
/** The fields of a message of one kind, without the kind. Two kinds may share a type. */
type Fields<K extends Kind, M = Message> = M extends { readonly k: infer Ks }
  ? K extends Ks
    ? Omit<M, 'k'>
    : never
  : never;

/** The fields of each kind of message, without the kind. */
export const MESSAGE_CHECKS: { readonly [K in Kind]: Checks<Fields<K>> } = {
  hello: {
    v: only(1),
    at: text,
    address: text,
    why: only('first', 'resync', 'file'),
    missed: maybe(missed),
    rights: list(only('watch', 'join', 'hold')),
    settings,
  },
  locked: { t: time, tries: whole },
  state: {
    t: time,
    rooms: list(room),
    people: list(person),
    all: whole,
    allRooms: maybe(whole),
    closing: maybe(only(true)),
  },
  nodes: {
    t: time,
    nodes: list(node),
    allNodes: maybe(whole),
    position: whole,
    pending: whole,
    entryMs: time,
    awayMs: maybe(time),
  },
  listening: { t: time, address: text },
  join: {
    t: time,
    c: whole,
    room: text,
    seat: whole,
    address: text,
    name: maybe(text),
    have: whole,
    want: whole,
  },
  leave: went,
  drop: went,
  name: { t: time, c: whole, name: text },
  refuse: turnedAway,
  cut: turnedAway,
  fault: { t: time, c: whole, code: text },
  turn: {
    t: time,
    room: text,
    n: whole,
    c: whole,
    seat: whole,
    state: only('served', 'skipped', 'waiting', 'held'),
  },
  rounds: { t: time, room: text, n: whole, count: whole, ring: list(whole) },
  waited: { t: time, room: text, c: whole, end: only('served', 'skipped', 'left', 'held'), ms: time },
  chunk: { t: time, c: whole, d: direction, from: whole, len: whole, b: bytes, open: maybe(whole) },
  end: { t: time, c: whole, d: direction, how: end, by: only('peer', 'server'), from: whole },
  quit: {
    t: time,
    scope: only('all', 'room'),
    room: maybe(text),
    seat: maybe(whole),
    reason: text,
    told: list(whole),
  },
  quitDone: { t: time, clean: list(whole), forced: list(whole), ms: time },
  drain: { t: time, reason: text, ms: time },
  admin: { t: time, text },
  handlerError: { t: time, c: whole, text },
  warning: { t: time, text },
  rooms: { t: time, rooms: list(room), gone: maybe(list(text)) },
  people: { t: time, rows: list(person) },
  tick: {
    t: time,
    seq: whole,
    all: whole,
    allRooms: maybe(whole),
    counts,
    loopMs: time,
    left: object<LeftOut>(leftOut),
  },
  lesson: { t: time, number: whole, title: text, try: text, flags: list(text) },
  caption: { t: time, text, c: maybe(whole) },
  stopped: { t: time, why: text },
};
