import { where } from '../../model/nodes.ts';
import { isCrowd, isGone, present, quitOf, restOf, holdOf, rowOf, type Seated } from '../../model/moment.ts';
import type { QuitFact } from '../../model/shapes.ts';
import { shown as shortened } from '../../model/words.ts';
import { here, moment, news, room, session } from '../../state.ts';
import { seatClass } from '../seat.tsx';
import { Crowd } from './crowd.tsx';
import {
  angleOf,
  beam,
  CENTRE,
  heightOf,
  HUB_RADIUS,
  placed,
  pointAt,
  RADIUS,
  SEAT_RADIUS,
  WIDTH,
} from './geometry.ts';
import { Spoke } from './spoke.tsx';

/** How long a client that has left is still shown. In milliseconds. */
const GHOST_MS = 2_600;

/** The clients of the room in the order of their turns, and between each and the server the two streams of its connection. */
export function Ring() {
  void news.value;
  const t = moment.value;
  const facts = session.value;
  const fact = facts.rooms.get(room.value);
  const quit = quitOf(facts, room.value, t);
  if (isCrowd(here.value)) return <Crowd />;
  const there = present(facts, room.value, t, GHOST_MS);
  const told =
    quit && present(facts, room.value, quit.t).filter(({ client }) => quit.told.includes(client.c));
  const shown = told ?? there;
  const row = fact && rowOf(fact, t);
  const missing = row === undefined ? (facts.settings?.clients ?? 0) - shown.length : row.want - row.have;
  const chairs = quit === undefined ? Math.max(0, Math.min(12, missing)) : 0;
  const strict = facts.settings?.order === 'strict';
  const hold = fact && strict && quit === undefined ? holdOf(fact, t) : undefined;
  const rest = fact && quit === undefined ? restOf(fact, t) : undefined;
  const seats = shown.length + chairs;
  // Who was served before anybody watched is not known, but how many were.
  const before = strict && quit === undefined && row !== undefined && row.turn > 1 ? row.turn - 1 : undefined;
  const number = hold?.n ?? before;
  const isHeld = row?.held === true && quit === undefined;
  const at = shown.findIndex(({ client, seat }) => (isHeld ? seat === row.holder : client.c === hold?.c));
  const holder = shown[at];
  return (
    <figure class="ring">
      <svg
        viewBox={`0 0 ${WIDTH} ${heightOf(seats).toFixed(0)}`}
        role="img"
        aria-label={label(shown, holder, t)}
      >
        <circle class="track" cx={CENTRE.x} cy={CENTRE.y} r={RADIUS} />
        {seats > 1 && <Order seats={seats} />}
        {holder && (
          <path
            class={`beam ${seatClass(holder.seat)} ${rest === undefined ? '' : 'rests'}`}
            d={beam(angleOf(at, seats))}
          />
        )}
        {shown.map(({ client, seat }, i) => (
          <Spoke
            key={client.c}
            client={client}
            seat={seat}
            angle={angleOf(i, seats)}
            t={t}
            hold={client.c === hold?.c ? hold : undefined}
            isQuitting={quit !== undefined}
          />
        ))}
        {Array.from({ length: chairs }, (_, i) => {
          const { x, y } = pointAt(angleOf(shown.length + i, seats), RADIUS);
          return <circle key={`chair ${i}`} class="chair" cx={x} cy={y} r={SEAT_RADIUS} />;
        })}
        <Hub
          word={isHeld ? 'held' : hubWord(quit, number, t)}
          n={strict && isHeld ? row.turn : number}
          seat={holder?.seat}
          node={facts.nodes.length > 1 ? holder?.client.node?.name : undefined}
        />
      </svg>
    </figure>
  );
}

/** The text in the middle if there is no turn. */
function hubWord(quit: QuitFact | undefined, n: number | undefined, t: number): string {
  if (quit !== undefined) return (quit.done?.t ?? Infinity) <= t ? 'closed' : 'closing';
  return n === undefined ? (session.value.settings?.order ?? 'server') : 'turn';
}

interface HubProps {
  readonly word: string;
  readonly n: number | undefined;
  readonly seat: number | undefined;
  /** Where the turn is, if there are several nodes. */
  readonly node: string | undefined;
}

function Hub({ word, n, seat, node }: HubProps) {
  return (
    <>
      <circle
        class={`hub ${seat === undefined ? '' : seatClass(seat)}`}
        cx={CENTRE.x}
        cy={CENTRE.y}
        r={HUB_RADIUS}
      />
      <text class="hub-word" x={CENTRE.x} y={n === undefined ? CENTRE.y + 4 : CENTRE.y - 9}>
        {word}
      </text>
      {n !== undefined && (
        <text class="hub-number" x={CENTRE.x} y={CENTRE.y + 15}>
          {n}
        </text>
      )}
      {n !== undefined && node !== undefined && (
        <text class="hub-node" x={CENTRE.x} y={CENTRE.y + 28}>
          on {shortened(node, 5)}
        </text>
      )}
    </>
  );
}

/** The direction in which the turn moves. */
function Order({ seats }: { seats: number }) {
  return (
    <>
      {Array.from({ length: seats }, (_, i) => {
        const between = angleOf(i, seats) + Math.PI / seats;
        return (
          <path
            key={i}
            class="order"
            d="M-3.5 -4.5L3 0L-3.5 4.5"
            transform={placed(between, RADIUS, 0, 90)}
          />
        );
      })}
    </>
  );
}

function label(shown: readonly Seated[], holder: Seated | undefined, t: number): string {
  const there = shown.filter(({ client }) => !isGone(client, t)).length;
  const turn = holder === undefined ? '' : ` Client ${holder.seat}${where(holder.client)} has the turn.`;
  return `The ring: ${there} clients.${turn}`;
}
