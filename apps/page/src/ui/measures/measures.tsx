import {
  loopOf,
  MEASURED_MS,
  REST_EDGES,
  restsOf,
  turnsOf,
  type Waited,
  waitsOf,
} from '../../model/measures.ts';
import { isCrowd, isGone, present } from '../../model/moment.ts';
import { emptyRoom } from '../../model/rooms.ts';
import type { Mark } from '../../model/shapes.ts';
import { atOrBefore, countUpTo } from '../../model/sorted.ts';
import { count, seconds } from '../../model/words.ts';
import { moment, news, room, session } from '../../state.ts';
import { seatClass } from '../seat.tsx';
import { Ranked, Spark } from './charts.tsx';
import { Log } from './log.tsx';

const MOST_BARS = 12;
const MOST_WAITS = 6;
const LOOP_MS = 30_000;
/** A delay of the event loop from which it is shown in red. In milliseconds. */
const STALL_MS = 100;

/** Four short answers: are turns equal, are waits equal, how long did the room wait, is the event loop free. */
export function Measures() {
  void news.value;
  const t = moment.value;
  const here = present(session.value, room.value, t, MEASURED_MS);
  return (
    <section class="measures" aria-label="Measures">
      <EqualTurns here={here} t={t} />
      <EqualWaits waits={waitsOf(here, t)} t={t} />
      <Rests t={t} />
      <Loop t={t} />
      <AtFault t={t} />
      <Log />
    </section>
  );
}

function EqualTurns({ here, t }: { here: ReturnType<typeof present>; t: number }) {
  const { index, got } = turnsOf(here, t, isCrowd(here));
  const most = Math.max(1, ...got.map(({ lines }) => lines));
  return (
    <article>
      <h2>Equal turns</h2>
      <p class="figure">
        {index === undefined ? '–' : index.toFixed(2)} <small>Jain index, 1 is equal</small>
      </p>
      {got.length > MOST_BARS ? (
        <Ranked values={got.map(({ lines }) => lines)} />
      ) : (
        <ul class="bars">
          {got.map(({ client, seat, lines }) => (
            <li
              key={client.c}
              class={`${seatClass(seat)} ${isGone(client, t) ? 'gone' : ''}`}
              aria-label={`client ${seat}: ${lines} lines answered`}
            >
              <i style={{ height: `${(lines / most) * 26 + 2}px` }} />
              <b>{lines}</b>
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}

function EqualWaits({ waits, t }: { waits: readonly Waited[]; t: number }) {
  const worst = waits.toSorted((a, b) => b.longest - a.longest);
  const shown = worst.slice(0, MOST_WAITS).toSorted((a, b) => a.seat - b.seat);
  const longest = worst[0]?.longest;
  const whole = Math.max(1_000, longest ?? 0);
  const share = (ms: number): string => `${((ms / whole) * 100).toFixed(1)}%`;
  return (
    <article>
      <h2>Equal waits</h2>
      <p class="figure">
        {longest === undefined ? '–' : seconds(longest)}{' '}
        <small>{`longest wait ${session.value.nodes.length > 1 ? 'here' : 'of a line'}`}</small>
      </p>
      <ul class="ranges">
        {shown.map(({ client, seat, longest: most, median }) => (
          <li
            key={client.c}
            class={`${seatClass(seat)} ${isGone(client, t) ? 'gone' : ''}`}
            aria-label={`client ${seat}: ${seconds(most)} at most, median ${seconds(median)}`}
          >
            <b>{seat}</b>
            <span>
              <i style={{ width: share(most) }} />
              <em style={{ left: share(median) }} />
            </span>
          </li>
        ))}
      </ul>
    </article>
  );
}

/** Where a bin begins, in seconds. */
function binName(ms: number): string {
  return String(ms / 1_000).replace(/^0\./, '.');
}

function Rests({ t }: { t: number }) {
  const { bins, ms, open } = restsOf(session.value.rooms.get(room.value) ?? emptyRoom(''), t);
  const totals = bins.map(({ served, skipped, left }, i) => served + skipped + left + (i === open ? 1 : 0));
  const n = totals.reduce((sum, one) => sum + one, 0);
  const high = Math.max(3, ...totals);
  const tall = (rests: number) => ({ height: `${(rests / high) * 28}px` });
  return (
    <article>
      <h2>The room waited for a client</h2>
      <p class="figure">
        {n.toLocaleString('en')}{' '}
        <small>
          {n === 1 ? 'time' : 'times'}, {seconds(ms)} in all
        </small>
      </p>
      <ul class="bins">
        {bins.map(({ served, skipped, left }, i) => (
          <li key={REST_EDGES[i]} aria-label={`${seconds(REST_EDGES[i] ?? 0)} and more: ${totals[i]}`}>
            {/* How it will end is not known yet. */}
            {i === open && <i class="now" style={tall(1)} />}
            <i class="left" style={tall(left)} />
            <i class="skipped" style={tall(skipped)} />
            <i class="served" style={tall(served)} />
            <b>{binName(REST_EDGES[i] ?? 0)}</b>
          </li>
        ))}
      </ul>
    </article>
  );
}

function Loop({ t }: { t: number }) {
  const points = loopOf(session.value, t, LOOP_MS);
  const longest = Math.max(0, ...points.map(({ ms }) => ms));
  return (
    <article>
      <h2>Event loop</h2>
      <p class={`figure ${longest >= STALL_MS ? 'bad' : ''}`}>
        {points.length === 0 ? '–' : `${Math.round(longest)} ms`} <small>longest in 30 s</small>
      </p>
      <Spark points={points} t={t} spanMs={LOOP_MS} />
    </article>
  );
}

/** Marks of faults, drops and refusals. */
const BLAMED: ReadonlySet<Mark['kind']> = new Set(['drop', 'refused', 'fault', 'handler']);

/** How many faults, drops and refusals there were, and how much was left out. */
function AtFault({ t }: { t: number }) {
  const { marks, counts } = session.value;
  const bad = marks.slice(0, countUpTo(marks, t)).filter(({ kind }) => BLAMED.has(kind));
  const last = bad.at(-1);
  const left = atOrBefore(counts, t)?.left ?? 0;
  const words = [
    last !== undefined && `${bad.length} at fault; last: ${last.text}`,
    left > 0 && `${count(left, 'chunk')} left out to keep this small`,
  ].filter((part) => part !== false);
  if (words.length === 0) return null;
  return <p class="at-fault">{words.join('. ')}</p>;
}
