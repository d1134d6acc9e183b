import {
  endOf,
  isGone,
  levelOf,
  nameOf,
  openLine,
  stayOf,
  waitingCount,
  waitingLines,
} from '../../model/moment.ts';
import { isElsewhere } from '../../model/nodes.ts';
import type { ClientFact, Hold } from '../../model/shapes.ts';
import { seconds, shown } from '../../model/words.ts';
import { pick, picked, playhead, pointed, session } from '../../state.ts';
import { classes } from '../classes.ts';
import { isStill } from '../screen.ts';
import { clientName, seatClass } from '../seat.tsx';
import { across, HUB_RADIUS, placed, pointAt, ray, RADIUS, SEAT_RADIUS, wordsAt } from './geometry.ts';

const INNER = HUB_RADIUS + 5;
const OUTER = RADIUS - SEAT_RADIUS - 5;
/** The distance of each stream from the ray. */
const ASIDE = 5.5;
const ARROW = 'M-4 -3L1 0L-4 3';
const BEADS = 4;
/** How long an answer is shown on its way out. In milliseconds. */
const FLIGHT_MS = 420;

interface SpokeProps {
  readonly client: ClientFact;
  readonly seat: number;
  readonly angle: number;
  readonly t: number;
  /** The turn that it has. */
  readonly hold: Hold | undefined;
  readonly isQuitting: boolean;
}

/** A client on the ring: its seat, the stream to the server with the lines that wait, and the stream from it. */
export function Spoke({ client, seat, angle, t, hold, isQuitting }: SpokeProps) {
  const isAway = isGone(client, t);
  const isFar = isElsewhere(client);
  const readEnd = endOf(client, 'read', t);
  const isReset = readEnd === 'RST';
  const isResting = hold !== undefined && hold.to > t && !isAway;
  const { x, y } = pointAt(angle, RADIUS);
  const words = wordsAt(angle);
  const state = stateWords({ client, t, hold, isQuitting });
  const most = words.anchor === 'middle' ? 24 : 12;
  const name = nameOf(client, t);
  const look = classes(
    'spoke',
    seatClass(seat),
    hold !== undefined && 'holds',
    isResting && 'rests',
    isAway && !isQuitting && 'gone',
    isReset && 'reset',
    picked.value === client.c && 'picked',
  );
  return (
    <g class={look} onClick={() => pick(client.c)}>
      {isFar ? (
        <path class="link" d={ray(angle, INNER, OUTER)} />
      ) : (
        <Streams client={client} angle={angle} t={t} />
      )}
      {!isAway && <Beads client={client} angle={angle} t={t} />}
      <Flights client={client} angle={angle} />
      {isResting && <circle class="halo" cx={x} cy={y} r={SEAT_RADIUS + 5} />}
      {isFar ? (
        <rect class="seat" x={x - 21} y={y - 21} width="42" height="42" rx="9" />
      ) : (
        <circle class="seat" cx={x} cy={y} r={SEAT_RADIUS} />
      )}
      {isReset ? (
        <path class="cross" d={`M${x - 8} ${y - 8}l16 16m0 -16l-16 16`} />
      ) : (
        <text class="number" x={x} y={y + 6}>
          {seat}
        </text>
      )}
      <text class="name" x={words.x} y={words.y + (state === '' ? 7 : 0)} text-anchor={words.anchor}>
        {isFar
          ? shown(`${name} on ${client.node!.name}`.trim(), most - 2)
          : shown(clientName(seat, name), most)}
      </text>
      <text class="state" x={words.x} y={words.y + 14} text-anchor={words.anchor}>
        {shown(state, most)}
      </text>
    </g>
  );
}

/** The most important fact about a client, in a few words. */
function stateWords({
  client,
  t,
  hold,
  isQuitting,
}: Pick<SpokeProps, 'client' | 't' | 'hold' | 'isQuitting'>): string {
  const writeEnd = endOf(client, 'write', t);
  if (isQuitting) {
    if (writeEnd === 'RST') return '✕ RST';
    if (writeEnd === 'FIN') return 'BYE, FIN';
    return (client.byeAt ?? Infinity) <= t ? 'BYE' : 'told';
  }
  if (isGone(client, t)) return stayOf(client, t)?.reason ?? '';
  if (hold !== undefined && hold.to > t) return seconds(t - hold.from);
  if (client.drop !== undefined && client.drop.t <= t) return client.drop.reason;
  const level = levelOf(client, t);
  if (level?.slow) return 'not reading';
  const n = waitingCount(client, t, false);
  if (n > 0) return n === 1 ? '1 waits' : `${n} wait`;
  if (endOf(client, 'read', t) === 'FIN') return 'sent FIN';
  return openLine(client, t) === undefined ? '' : 'half a line';
}

/** Both directions: an arrow each, dotted if it has ended; how full the outbox is; a bar if nothing is read. */
function Streams({ client, angle, t }: Pick<SpokeProps, 'client' | 'angle' | 't'>) {
  const readEnd = endOf(client, 'read', t);
  const writeEnd = endOf(client, 'write', t);
  const level = levelOf(client, t);
  const share = Math.min(1, (level?.outbox ?? 0) / (session.value.settings?.maxOutboxBytes ?? 1));
  const end = INNER + (OUTER - INNER) * share;
  return (
    <>
      <path class={`stream ${readEnd ?? ''}`} d={ray(angle, OUTER, INNER, ASIDE)} />
      <path class={`stream ${writeEnd ?? ''}`} d={ray(angle, INNER, OUTER, -ASIDE)} />
      {readEnd === undefined && (
        <path class="arrow" d={ARROW} transform={placed(angle, INNER + 1, ASIDE, 180)} />
      )}
      {writeEnd === undefined && (
        <path class="arrow" d={ARROW} transform={placed(angle, OUTER - 1, -ASIDE)} />
      )}
      {readEnd === 'FIN' && <path class="cap" d={across(angle, OUTER - 6, ASIDE, 5)} />}
      {writeEnd === 'FIN' && <path class="cap" d={across(angle, INNER + 6, -ASIDE, 5)} />}
      {share > 0.02 && <path class="outbox" d={ray(angle, INNER, end, -ASIDE)} />}
      {share > 0.02 &&
        [0.25, 0.5].map((mark) => (
          <path key={mark} class="mark" d={across(angle, INNER + (OUTER - INNER) * mark, -ASIDE, 4)} />
        ))}
      {level?.paused && <path class="barred" d={across(angle, INNER + 2, ASIDE, 5)} />}
    </>
  );
}

/** The lines that wait, one bead each, from the server outwards; a half-filled one for an unfinished line. */
function Beads({ client, angle, t }: Pick<SpokeProps, 'client' | 'angle' | 't'>) {
  const lines = waitingLines(client, t);
  const n = waitingCount(client, t, false);
  const open = openLine(client, t) !== undefined;
  const aside = isElsewhere(client) ? 0 : ASIDE;
  const more = pointAt(angle, INNER + 22, aside + 15);
  return (
    <>
      {Array.from({ length: Math.min(BEADS, n) }, (_, i) => (
        <rect
          key={lines[i]?.id ?? `bead ${i}`}
          class={`bead ${lines[i] !== undefined && pointed.value === lines[i].id ? 'lit' : ''}`}
          {...BEAD}
          transform={placed(angle, INNER + 10 + i * 10.5, aside)}
        />
      ))}
      {n > BEADS && (
        <text class="more" x={more.x} y={more.y + 3}>
          +{n - BEADS}
        </text>
      )}
      {open && (
        <g transform={placed(angle, OUTER - 6, ASIDE)}>
          <rect class="bead half" {...BEAD} />
          <path class="half-fill" d="M0 -4.2H2A2.2 2.2 0 0 1 4.2 -2V2A2.2 2.2 0 0 1 2 4.2H0Z" />
        </g>
      )}
    </>
  );
}

const BEAD = { x: -4.2, y: -4.2, width: 8.4, height: 8.4, rx: 2.4 };

/** Answers on their way out, shortly after they were written. */
function Flights({ client, angle }: Pick<SpokeProps, 'client' | 'angle'>) {
  const t = playhead.value;
  if (isStill()) return null;
  const fresh = client.lines.filter(
    ({ answeredAt = -Infinity }) => answeredAt <= t && t - answeredAt < FLIGHT_MS,
  );
  // More than four answers a second are a blur.
  return (
    <>
      {(fresh.length > 2 ? [] : fresh).map(({ id, answeredAt = 0 }) => {
        const way = 1 - (1 - (t - answeredAt) / FLIGHT_MS) ** 3;
        return (
          <rect
            key={id}
            class="bead flight"
            {...BEAD}
            transform={placed(angle, INNER + (OUTER - INNER) * way, -ASIDE)}
          />
        );
      })}
    </>
  );
}
