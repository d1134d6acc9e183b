import {
  endOf,
  isCrowd,
  isGone,
  levelOf,
  nameOf,
  openLine,
  restOf,
  type Seated,
  stayOf,
  waitingCount,
} from '../../model/moment.ts';
import { size } from '../../model/words.ts';
import { here, moment, pick, picked, room, session } from '../../state.ts';
import { NodeName } from '../nodes.tsx';
import { clientName, seatClass } from '../seat.tsx';

/** An outbox below this is not shown. In bytes. */
const SOME_OUTBOX = 4_096;

interface Word {
  readonly kind: 'holds' | 'waits' | 'idle' | 'plain';
  readonly text: string;
}

/** The words beside a client's lane, most important first. */
export function wordsOf({ client }: Seated, t: number, isNarrow: boolean): readonly Word[] {
  if (isGone(client, t)) {
    const reason = stayOf(client, t)?.reason ?? '';
    return [{ kind: 'idle', text: isNarrow || reason === '' ? 'left' : `left: ${reason}` }];
  }
  const fact = session.value.rooms.get(room.value);
  const isHolder = fact !== undefined && restOf(fact, t)?.c === client.c;
  const n = waitingCount(client, t, isCrowd(here.value));
  const outbox = levelOf(client, t)?.outbox ?? 0;
  const isShort = isNarrow || isHolder;
  const words: Word[] = [];
  if (isHolder) words.push({ kind: 'holds', text: isNarrow ? 'turn' : 'has the turn' });
  if (n > 0)
    words.push({
      kind: 'waits',
      text: isShort ? (n === 1 ? '1 waits' : `${n} wait`) : n === 1 ? '1 line waits' : `${n} lines wait`,
    });
  if (openLine(client, t) !== undefined)
    words.push({ kind: 'plain', text: isNarrow ? 'half' : 'half a line' });
  if (endOf(client, 'read', t) === 'FIN') words.push({ kind: 'plain', text: isNarrow ? 'FIN' : 'sent FIN' });
  if (outbox > SOME_OUTBOX)
    words.push({ kind: 'plain', text: isNarrow ? size(outbox) : `${size(outbox)} unread` });
  return words.length > 0 ? words : [{ kind: 'idle', text: isNarrow ? 'idle' : 'nothing waits' }];
}

/** The client of a lane, and its state. */
export function LaneHead({
  seated,
  height,
  isNarrow,
}: {
  seated: Seated;
  height: number;
  isNarrow: boolean;
}) {
  const { client, seat } = seated;
  const t = moment.value;
  const words = wordsOf(seated, t, isNarrow);
  const isHolder = words[0]?.kind === 'holds';
  const hasNodes = client.node !== undefined && session.value.nodes.length > 1;
  return (
    <li style={{ height: `${height}px` }}>
      <button
        type="button"
        class={`lane ${seatClass(seat)} ${isHolder ? 'holds' : ''} ${isGone(client, t) ? 'gone' : ''}`}
        aria-pressed={picked.value === client.c}
        onClick={() => pick(client.c)}
      >
        <span class={`disc ${seat > 99 ? 'long' : ''}`}>{seat}</span>
        <span class="who-lines">
          <b>{clientName(seat, nameOf(client, t))}</b>
          <small>
            {hasNodes && <NodeName name={client.node!.name} />}
            {words.map(({ kind, text }) => (
              <i key={text} class={kind}>
                {text}
              </i>
            ))}
          </small>
        </span>
      </button>
    </li>
  );
}
