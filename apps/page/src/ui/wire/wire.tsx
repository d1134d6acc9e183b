import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Facts } from '../../model/facts.ts';
import { isCrowd, nameOf, stayOf } from '../../model/moment.ts';
import { isElsewhere } from '../../model/nodes.ts';
import type { ClientFact, WireFact } from '../../model/shapes.ts';
import { countUpTo } from '../../model/sorted.ts';
import { direction, here, isFollowing, isPlaying, moment, news, own, picked, session } from '../../state.ts';
import { Label } from '../seat.tsx';
import { Row } from './row.tsx';

/** How many rows are drawn while time runs, the same in a crowd, and while it is paused. */
const ROWS = 24;
const ROWS_OF_CROWD = 8;
const ROWS_STANDING = 120;
/** How long a client stays shown that was chosen because it sent last. In milliseconds. */
const KEPT_MS = 2_000;
/** Below this many clients, the one that sent last is shown at once. */
const FEW = 4;

let kept: { readonly facts: Facts; readonly c: number; readonly t: number } | undefined;

/** Whose bytes are shown: the picked client, otherwise the page's own, otherwise the one that sent last. */
function subject(facts: Facts, t: number): ClientFact | undefined {
  const chosen = picked.value ?? own.value;
  if (chosen !== undefined) return facts.clients.get(chosen);
  const isKept = kept?.facts === facts && t >= kept.t && t - kept.t < KEPT_MS;
  if (isKept && here.value.length >= FEW) return facts.clients.get(kept?.c ?? 0);
  const last = facts.wire
    .slice(0, countUpTo(facts.wire, t))
    .findLast(({ d, kind }) => d === 'read' && kind === 'chunk');
  if (last === undefined) return here.value[0]?.client;
  kept = { facts, c: last.c, t };
  return facts.clients.get(last.c);
}

const WAYS = { both: 'both ways', read: 'from it', write: 'to it' } as const;

/** What TCP did with the bytes of one client: each chunk, and the lines that it finished, continued or began. */
export function Wire() {
  void news.value;
  const t = moment.value;
  const client = subject(session.value, t);
  const rows = client === undefined ? [] : rowsOf(client, t);
  const list = useRef<HTMLOListElement>(null);
  const pin = usePin(list, [client?.c, rows.at(-1)?.id]);
  return (
    <section class="wire" aria-labelledby="wire">
      <header>
        <h2 id="wire">On the wire</h2>
        {client !== undefined && <Label seat={stayOf(client, t)?.seat ?? 0} name={nameOf(client, t)} />}
        {rows.length > 0 && picked.value === undefined && own.value === undefined && (
          <span class="aside">sent last</span>
        )}
        <span class="grow" />
        <div class="choice" role="group" aria-label="Direction">
          {(['both', 'read', 'write'] as const).map((way) => (
            <button
              key={way}
              type="button"
              aria-pressed={direction.value === way}
              onClick={() => (direction.value = way)}
            >
              {WAYS[way]}
            </button>
          ))}
        </div>
      </header>
      <ol class="chunks" ref={list} tabIndex={0} aria-label="Chunks, oldest first" onScroll={pin}>
        {rows.length === 0 && <li class="none">{noBytes(client)}</li>}
        {client !== undefined &&
          rows.map((fact, i) => (
            <Row
              key={fact.id}
              fact={fact}
              above={rows[i - 1]}
              client={client}
              t={t}
              isOpen={isOpenAt(rows, i)}
            />
          ))}
      </ol>
    </section>
  );
}

function noBytes(client: ClientFact | undefined): string {
  if (client === undefined || !isElsewhere(client)) return 'No bytes since this page was opened.';
  return `It is connected to node ${client.node!.name}: only the page of that node shows its bytes.`;
}

/** Keeps the end of a list in view, also when its size changes, until the user scrolls away from it. Returns what to do on a scroll. */
function usePin(list: RefObject<HTMLElement | null>, changes: readonly unknown[]): () => void {
  const isPinned = useRef(true);
  const top = useRef(0);
  const pin = (): void => {
    const { current } = list;
    if (current === null || !isPinned.current) return;
    current.scrollTop = current.scrollHeight;
    top.current = current.scrollTop;
  };
  // Before the list is laid out: a scroll event that comes later must find it at its end.
  useLayoutEffect(pin, changes);
  useEffect(() => {
    const observer = new ResizeObserver(pin);
    observer.observe(list.current!);
    return () => observer.disconnect();
  }, []);
  return () => {
    const { scrollHeight, scrollTop, clientHeight } = list.current!;
    isPinned.current = scrollTop === top.current || scrollHeight - scrollTop - clientHeight < 24;
  };
}

function rowsOf({ wire }: ClientFact, t: number): WireFact[] {
  const way = direction.value;
  const rows = isCrowd(here.value) ? ROWS_OF_CROWD : ROWS;
  const most = isPlaying.value || isFollowing.value ? rows : ROWS_STANDING;
  return wire
    .slice(0, countUpTo(wire, t))
    .filter(({ d }) => way === 'both' || d === way)
    .slice(-most);
}

/** Whether a line that the client sends is unfinished where this row begins. */
function isOpenAt(rows: readonly WireFact[], i: number): boolean {
  const row = rows[i];
  if (row?.d === 'read') return row.openBefore;
  return rows.slice(0, i).findLast(({ d }) => d === 'read')?.openAfter ?? false;
}
