import type { Event } from '@proto/protocol';
import { doneAt, waitingLines } from './moment.ts';
import type { ClientFact, EndFact, LineFact, PieceFact, WireFact } from './shapes.ts';
import { ordinal, seconds, shown } from './words.ts';

/** A note beside a chunk about one piece of it. */
export interface Note {
  /** What the piece belongs to: `line 2`, `answer`. */
  readonly label: string;
  /** Which part of it lies here: `begins`, `ends`. */
  readonly state: string;
  readonly text: string;
  readonly tone: 'plain' | 'waits' | 'bad';
}

const STATES: Readonly<Record<PieceFact['state'], string>> = {
  whole: 'whole',
  began: 'begins',
  'went on': 'goes on',
  finished: 'ends',
  'cut off': 'cut off',
};

/** A shorter wait is shown as `at once`. In milliseconds. */
const AT_ONCE_MS = 50;

/** The note on a piece, as far as it was known at `t`. */
export function noteOf(piece: PieceFact, d: WireFact['d'], client: ClientFact, t: number): Note {
  if (d === 'write') return answerNote(piece);
  const label = `line ${piece.frame}`;
  const note = (text: string, tone: Note['tone'] = 'plain'): Note => ({
    label,
    state: STATES[piece.state],
    text,
    tone,
  });
  const { line } = piece;
  if ((piece.state === 'began' || piece.state === 'went on') && line !== undefined)
    return note(`${line.fault}: refused`, 'bad');
  if (piece.state === 'began') return note('no line end yet');
  if (piece.state === 'went on') return note(`${piece.bytes} bytes so far, still no line end`);
  const from = piece.state === 'finished' ? beginning(piece) : '';
  if (piece.state === 'cut off') return note(`${piece.bytes} bytes without a line end: a fault`, 'bad');
  return line === undefined ? note(from) : { ...note(''), ...fate(line, from, client, t) };
}

function beginning({ begunIn }: PieceFact): string {
  return begunIn === 0 ? 'from before' : `from read ${begunIn}`;
}

function fate(line: LineFact, from: string, client: ClientFact, t: number): Pick<Note, 'text' | 'tone'> {
  const said = (text: string, tone: Note['tone'] = 'plain') => {
    const between = from === '' ? '' : text.startsWith('→') ? ' ' : ', ';
    return { text: `${from}${between}${text}`, tone };
  };
  if (line.kind === 'command')
    return said(line.fault === undefined ? 'a command: takes effect at once' : `refused: ${line.fault}`);
  if (line.kind === 'fault') return said(`${line.fault}: only this line is lost`, 'bad');
  const { servedAt, answeredAt, lostAt, blurredAt, turn, answer } = line;
  if (answeredAt === undefined && lostAt !== undefined && lostAt <= t)
    return said('lost with the connection', 'bad');
  if (answeredAt === undefined && servedAt === undefined && blurredAt !== undefined && blurredAt <= t)
    return said('its answer was left out');
  const done = doneAt(line);
  if (done > t) return said(queuePlace(line, client, t), 'waits');
  const waited = done - line.t;
  const after = waited >= AT_ONCE_MS ? `after ${seconds(waited)}` : 'at once';
  const served = turn === undefined ? `served ${after}` : `→ turn ${turn} ${after}`;
  return said(answeredAt === undefined || answeredAt > t ? served : `${served} → ${shown(answer ?? '')}`);
}

function queuePlace(line: LineFact, client: ClientFact, t: number): string {
  const place = waitingLines(client, t).indexOf(line) + 1;
  const where = place > 1 ? `waits, ${ordinal(place)} in its queue` : 'waits for its turn';
  return `${where}, ${seconds(t - line.t)}`;
}

function answerNote({ line }: PieceFact): Note {
  const turn = line?.turn === undefined ? '' : `, turn ${line.turn}`;
  const text = line === undefined ? '' : `to line ${line.frame}${turn}`;
  return { label: 'answer', state: '', text, tone: 'plain' };
}

/** The events of the protocol, in words. The compiler reports a missing one. `OK` is an answer. */
const EVENTS: Readonly<Record<Exclude<Event['verb'], 'OK'>, string>> = {
  WELCOME: 'you are in',
  HERE: 'who was there already',
  WAIT: 'the room is not full yet',
  JOIN: 'somebody joined',
  LEAVE: 'somebody left',
  TURN: 'whose turn it is',
  TURNS: 'whose turns went by',
  SKIP: 'a turn passed without a line',
  QUIT: 'somebody quit, and it closes you too',
  BYE: 'the last line before the end',
  NAME: 'a new name',
  ERR: 'refused',
  MSG: 'a line from another client',
  SAY: 'the operator says something',
  PONG: 'the answer to /ping',
  WHO: 'who is here',
  END: 'the end of a list',
  ROOM: 'how this room works',
  HELP: 'the commands',
};

/** The events of one write in words, each once. */
export function eventsIn({ pieces }: WireFact): string {
  const verbs = pieces
    .filter(({ role }) => role === 'event')
    .map(({ text }) => /^\* ([A-Z]+)/.exec(text)?.[1] ?? '')
    .map((verb) => (Object.hasOwn(EVENTS, verb) ? EVENTS[verb as keyof typeof EVENTS] : 'an event'));
  return [...new Set(verbs)].join('; ');
}

/** What the end of a direction means. */
export function endNote({ d, how, by, t }: EndFact, { writeEnd }: ClientFact): string {
  if (how === 'RST' && by === 'server') return 'The server reset the connection: both directions ended.';
  if (how === 'RST' && d === 'read')
    return 'Reset by the client: both directions ended. Waiting lines are lost.';
  if (how === 'RST') return 'Nothing more can be written to it.';
  if (d === 'read' && writeEnd !== undefined && writeEnd.t <= t)
    return 'The client has ended its stream too.';
  if (d === 'read') return 'Half-close: the client sends no more, but still reads.';
  return 'The server has ended its stream.';
}
