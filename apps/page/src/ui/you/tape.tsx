import { Cell } from '../wire/cell.tsx';
import { bytes, cuts, parts, snip } from './draft.ts';

/** Bytes that are shown; of those behind them how many there are. */
const MOST_CELLS = 120;

/** Every byte of the next write, with a place to cut between any two. */
export function Tape() {
  const { length } = bytes.value;
  let at = 0;
  return (
    <div class="tape" role="group" aria-label="Where the write is cut">
      {parts.value.map((part) => {
        const from = at;
        at += part.length;
        const shown = part.slice(0, Math.max(0, MOST_CELLS - from));
        if (shown === '') return null;
        return (
          <span key={from} class="part">
            {Array.from(shown, (char, i) => (
              <span key={i} class="slot">
                <Cell char={char} />
                {from + i + 1 < length && <Snip at={from + i + 1} />}
              </span>
            ))}
          </span>
        );
      })}
      {length > MOST_CELLS && <span class="left-out">… {length - MOST_CELLS} more bytes</span>}
    </div>
  );
}

function Snip({ at }: { at: number }) {
  return (
    <button
      type="button"
      class="snip"
      aria-pressed={cuts.value.has(at)}
      aria-label={`Cut after byte ${at}`}
      onClick={() => snip(at)}
    />
  );
}
