import { holdOf, levelOf } from '../../model/moment.ts';
import { here, moment, news, room, session } from '../../state.ts';
import { angleOf, CENTRE, ray, WIDTH } from './geometry.ts';

const FOOT = 100;
const LONGEST = 43;
/** More rays than this are drawn thinner, or they would touch. */
const MANY = 300;
const KINDS = ['idle', 'waiting', 'full', 'slow'] as const;

/** Many clients: a ray for each, as long as its queue, and a hand at the one with the turn. One path for each state. */
export function Crowd() {
  void news.value;
  const t = moment.value;
  const facts = session.value;
  const clients = here.value;
  const most = facts.settings?.maxQueuedLines ?? 64;
  const paths = { idle: '', waiting: '', full: '', slow: '' };
  let waiting = 0;
  for (const [i, { client }] of clients.entries()) {
    const level = levelOf(client, t);
    const n = level?.waiting ?? 0;
    if (n > 0) waiting++;
    const kind = level?.slow ? 'slow' : n >= most ? 'full' : n > 0 ? 'waiting' : 'idle';
    const length = n === 0 ? 3 : 5 + (LONGEST - 5) * Math.min(1, Math.log2(1 + n) / Math.log2(1 + most));
    paths[kind] += ray(angleOf(i, clients.length), FOOT, FOOT + length);
  }
  const fact = facts.rooms.get(room.value);
  const hold = fact && holdOf(fact, t);
  const at = clients.findIndex(({ client }) => client.c === hold?.c);
  return (
    <figure class={`ring crowd ${clients.length > MANY ? 'many' : ''}`}>
      <svg
        viewBox={`0 0 ${WIDTH} 350`}
        role="img"
        aria-label={`${clients.length} clients; ${waiting} have lines waiting`}
      >
        <circle class="track" cx={CENTRE.x} cy={CENTRE.y} r={97} />
        {KINDS.map((kind) => paths[kind] !== '' && <path key={kind} class={`ray ${kind}`} d={paths[kind]} />)}
        {at !== -1 && <path class="hand" d={ray(angleOf(at, clients.length), 58, 94)} />}
        <text class="hub-number" x={CENTRE.x} y={CENTRE.y + 2}>
          {clients.length.toLocaleString('en')}
        </text>
        <text class="hub-word" x={CENTRE.x} y={CENTRE.y + 20}>
          clients
        </text>
        <text class="hub-word" x={CENTRE.x} y={CENTRE.y + 38}>
          {waiting.toLocaleString('en')} wait
        </text>
      </svg>
    </figure>
  );
}
