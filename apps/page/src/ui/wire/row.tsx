import { stayOf } from '../../model/moment.ts';
import { endNote, eventsIn, type Note, noteOf } from '../../model/notes.ts';
import type { ClientFact, PieceFact, WireFact } from '../../model/shapes.ts';
import { seconds, size } from '../../model/words.ts';
import { pointed } from '../../state.ts';
import { classes } from '../classes.ts';
import { seatClass } from '../seat.tsx';
import { Cell } from './cell.tsx';

/** How many pieces, bytes of one piece, and notes are shown for one chunk. */
const MOST_PIECES = 6;
const MOST_CELLS = 80;
const MOST_NOTES = 4;

interface RowProps {
  readonly fact: WireFact;
  /** The row above it: times are counted from there. */
  readonly above: WireFact | undefined;
  readonly client: ClientFact;
  readonly t: number;
  /** Whether a line of this client is unfinished where this row begins. */
  readonly isOpen: boolean;
}

/** One chunk, or an end: when, the bytes, and what they mean. */
export function Row({ fact, above, client, t, isOpen }: RowProps) {
  const isRead = fact.d === 'read';
  const goesOn = isRead ? fact.openAfter : isOpen;
  const isCut = fact.pieces.some(({ state }) => state === 'cut off');
  const knot = isRead && (isOpen || goesOn || isCut);
  const rail = classes('rail', isOpen && 'above', goesOn && 'below', knot && 'knot', isCut && 'bad');
  return (
    <li class={`row ${fact.d} ${seatClass(stayOf(client, t)?.seat ?? 1)}`}>
      <span class={rail} aria-hidden="true" />
      <p class="meta">
        <b>{fact.kind === 'chunk' ? `${fact.d} ${fact.n}` : isRead ? 'its end' : 'our end'}</b>
        <span>{sinceOf(fact.t, above)}</span>
        {fact.kind === 'chunk' && <span>{size(fact.bytes)}</span>}
      </p>
      <Bytes fact={fact} />
      <ul class="notes">
        {fact.kind === 'end' && <li>{endNote(fact, client)}</li>}
        <Notes fact={fact} client={client} t={t} />
      </ul>
    </li>
  );
}

function sinceOf(t: number, above: WireFact | undefined): string {
  if (above === undefined) return `${(t / 1_000).toFixed(2)} s`;
  return t - above.t < 50 ? 'at once' : `+${seconds(t - above.t)}`;
}

function Bytes({ fact }: { fact: WireFact }) {
  if (fact.kind === 'end')
    return (
      <p class="bytes">
        <span class={`end-mark ${fact.how}`}>{fact.how}</span>
      </p>
    );
  const { pieces, text, bytes, from } = fact;
  const hidden = pieces.length - MOST_PIECES;
  return (
    <p class="bytes">
      {pieces.slice(0, MOST_PIECES).map((piece) => (
        <Pill key={piece.from} piece={piece} text={text.slice(piece.from - from, piece.to - from)} />
      ))}
      {hidden > 0 && <span class="left-out">+{hidden} frames</span>}
      {bytes > text.length && <span class="left-out">{size(bytes - text.length)} more, left out</span>}
    </p>
  );
}

/** The part of a frame that lies in this chunk. A torn edge: the frame continues there, or began earlier. */
function Pill({ piece, text }: { piece: PieceFact; text: string }) {
  const { role, state, frame, fault, line } = piece;
  const cells = text.slice(0, MOST_CELLS);
  const isLit = line !== undefined && pointed.value === line.id;
  const look = classes(
    'pill',
    fault === undefined ? `is-${role}` : 'is-fault',
    frame % 2 === 1 && 'odd',
    isLit && 'lit',
    (state === 'finished' || state === 'went on') && 'torn-left',
    (state === 'began' || state === 'went on') && 'torn-right',
  );
  return (
    <span class={look} {...pointing(piece)}>
      {runsOf(cells).map((run, i) =>
        run.length > 1 ? (
          <i key={i} class="cell run">
            {run}
          </i>
        ) : (
          <Cell key={i} char={run} />
        ),
      )}
      {text.length > cells.length && <i class="cell left-out">… {text.length - cells.length} more</i>}
    </span>
  );
}

/**
 * Printable bytes in a row are one element: a crowd that sends is thousands of bytes. Eight at most, so that a long word
 * breaks where the row ends.
 */
function runsOf(text: string): readonly string[] {
  return text.match(/[!-~]{1,8}|[^!-~]/g) ?? [];
}

/** The line under the pointer lights up everywhere. */
function pointing({ line }: PieceFact) {
  if (line === undefined) return {};
  return {
    onPointerEnter: () => (pointed.value = line.id),
    onPointerLeave: () => (pointed.value = undefined),
  };
}

function Notes({ fact, client, t }: Omit<RowProps, 'isOpen' | 'above'>) {
  const pieces = fact.pieces.filter(({ role }) => role !== 'event');
  const events = fact.d === 'write' ? eventsIn(fact) : '';
  return (
    <>
      {pieces.slice(0, MOST_NOTES).map((piece) => (
        <li
          key={piece.from}
          class={piece.line !== undefined && pointed.value === piece.line.id ? 'lit' : ''}
          {...pointing(piece)}
        >
          <NoteText {...noteOf(piece, fact.d, client, t)} />
        </li>
      ))}
      {pieces.length > MOST_NOTES && <li>and {pieces.length - MOST_NOTES} more</li>}
      {events !== '' && <li class="events">{events}</li>}
    </>
  );
}

function NoteText({ label, state, text, tone }: Note) {
  return (
    <>
      <span class="label">
        {label}
        {state !== '' && <b class={tone === 'bad' ? 'bad' : ''}> {state}</b>}
      </span>
      <span class={`what ${tone}`}>{text}</span>
    </>
  );
}
