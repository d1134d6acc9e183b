import type { Facts } from './facts.ts';
import { endOf, nameOf, openLine, stayOf } from './moment.ts';
import { isElsewhere } from './nodes.ts';
import type { Named, Scene, Why } from './scene.ts';
import type { ClientFact, Hold } from './shapes.ts';
import { countUpTo } from './sorted.ts';
import { count, listed, quoted } from './words.ts';

/** If more clients have lines behind the holder, they are counted and not named. */
const MOST_NAMED = 3;

// What several rules say, in words.

/** A client, for a sentence. */
export function named(client: ClientFact, t: number): Named {
  return { c: client.c, seat: stayOf(client, t)?.seat ?? 0, name: nameOf(client, t) };
}

/** Whose turn it is, after another sentence. */
export function turnOf(facts: Facts, rest: Hold | undefined, t: number): string {
  const client = rest && facts.clients.get(rest.c);
  return client === undefined ? '' : ` ${nameOf(client, t) || `Client ${rest!.seat}`} has the turn.`;
}

/** What the holder of the turn has sent. `since`: when its turn began. */
export function whatCame(client: ClientFact, t: number, since = Infinity): string {
  if (isElsewhere(client))
    return 'It has the turn, and no line of it has come through the log. Only its own node sees its bytes.';
  if (endOf(client, 'read', t) === 'FIN') return 'It has ended its stream and sends nothing more.';
  const open = openLine(client, t);
  const last = client.lines[countUpTo(client.lines, t) - 1];
  if (open === undefined && last !== undefined && last.t >= since && last.kind !== 'message')
    return last.fault === undefined
      ? `It has sent ${quoted(last.text)}, which takes no turn.`
      : `It has sent a line at fault (${last.fault}), which takes no turn.`;
  if (open === undefined) return 'It has the turn and has sent nothing.';
  const bytes = `${count(open.bytes, 'byte')} and no line end`;
  return open.text === '' ? `It has sent ${bytes}.` : `It has sent ${quoted(open.text)}: ${bytes}.`;
}

/** Whose lines wait behind the turn. */
export function whoWaits(others: Scene['behind'], t: number): string {
  const lines = others.reduce((sum, one) => sum + one.lines, 0);
  if (lines === 0) return 'Nobody else has a line waiting.';
  const who =
    others.length > MOST_NAMED
      ? `${others.length} others`
      : listed(others.map(({ client, seat }) => nameOf(client, t) || `client ${seat}`));
  return `${count(lines, 'line')} of ${who} ${lines === 1 ? 'waits' : 'wait'} behind it.`;
}

/** When the holder loses the turn. What another node allows its clients is not known. */
export function deadline({ settings, clients }: Facts, { c, from, isOld }: Hold): Pick<Why, 'deadline'> {
  const client = clients.get(c);
  const ms = settings?.turnTimeoutMs;
  return isOld || (client !== undefined && isElsewhere(client)) || ms === undefined || ms === 'never'
    ? {}
    : { deadline: { from, to: from + ms } };
}
