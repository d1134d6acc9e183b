import { logAt, type NodeNow, nodesAt } from '../model/moment.ts';
import { count, seconds } from '../model/words.ts';
import { moment, news, room, session } from '../state.ts';

/** The servers that share the rooms, and how this one gets on with their log. Nothing if it is by itself. */
export function Nodes() {
  void news.value;
  const t = moment.value;
  const log = logAt(session.value, t);
  if (log === undefined) return null;
  const { position, pending, entryMs, awaySince, more } = log;
  const entries = position.toLocaleString('en');
  return (
    <section class="nodes" aria-label="Nodes">
      <ul aria-label="Nodes, and their clients in this room">
        {nodesAt(session.value, room.value, t).map((node) => (
          <li key={node.first} class={node.goneAt <= t ? 'gone' : ''}>
            <b class="node">{node.name}</b> {wordsOf(node, t)}
          </li>
        ))}
        {more > 0 && <li>{more} more</li>}
      </ul>
      <p class={awaySince === undefined ? '' : 'bad'}>
        {awaySince === undefined
          ? `log: ${entries} entries, the last took ${entryMs.toFixed(1)} ms`
          : `log: out of reach for ${seconds(t - awaySince)}`}
        , {pending} on the way
      </p>
    </section>
  );
}

function wordsOf({ isOwn, goneAt, hasLeft, clients }: NodeNow, t: number): string {
  if (goneAt <= t)
    return `${hasLeft ? 'left' : 'gone'} ${seconds(t - goneAt)} ago; its clients left, the others go on`;
  return `${isOwn ? 'this one, ' : ''}${count(clients, 'client')}`;
}

/** The name of a client's node, beside the client. */
export function NodeName({ name }: { name: string }) {
  return (
    <em class="node">
      <span class="sr">on node </span>
      {name}
    </em>
  );
}
