import type { WatchOp } from '@proto/watch';
import { levelOf } from '../model/moment.ts';
import { here, isFollowing, news, room, session, source } from '../state.ts';

/** Holds the turns of the server's room and serves one at a time. The only control that changes what the server does. */
export function TurnControl({ tell }: { readonly tell: (operation: WatchOp) => void }) {
  void news.value;
  if (source.value !== 'live' || !session.value.rights.includes('hold')) return null;
  // What the room does now, whatever moment is shown.
  const row = session.value.rooms.get(room.value)?.rows.at(-1);
  if (row === undefined) return null;
  const isHeld = row.held === true;
  const last = session.value.last;
  const next = here.value.find(({ seat }) => seat === row.holder);
  const isReady = row.waiting > 0 && (next === undefined || (levelOf(next.client, last)?.waiting ?? 0) > 0);
  return (
    <div class="turn-control" role="group" aria-label="Turns of the server">
      <button
        type="button"
        aria-pressed={isHeld}
        onClick={() => tell({ op: 'hold', room: room.value, on: !isHeld })}
      >
        hold the turns
      </button>
      <button
        type="button"
        disabled={!isHeld || !isReady}
        onClick={() => {
          isFollowing.value = true;
          tell({ op: 'step', room: room.value, turns: 1 });
        }}
      >
        serve one
      </button>
      {isHeld && <span>{whyNot(isReady, next?.seat)}</span>}
    </div>
  );
}

function whyNot(isReady: boolean, next: number | undefined): string {
  if (isReady) return next === undefined ? 'A line can be served.' : `Client ${next} is next.`;
  return next === undefined ? 'No line waits.' : `Client ${next} is next, and no line of it waits.`;
}
