import { Cell } from '../wire/cell.tsx';
import { bytes, cuts, parts, snip } from './draft.ts';

/** Every byte of the next write, with a place to cut between any two. */
export function Tape() {
  const { length } = bytes.value;
  let at = 0;
  return (
    <div class="tape" role="group" aria-label="Where the write is cut">
      {parts.value.map((part) => {
        const from = at;
        at += part.length;
        return (
          <span key={from} class="part">
            {Array.from(part, (char, i) => (
              <span key={i} class="slot">
                <Cell char={char} />
                {from + i + 1 < length && <Snip at={from + i + 1} />}
              </span>
            ))}
          </span>
        );
      })}
    </div>
  );
}

function Snip({ at }: { at: number }) {
  return (
    <button
      type="button"
      class="snip"
      aria-pressed={cuts.value.has(at)}
      aria-label={`Cut behind byte ${at}`}
      onClick={() => snip(at)}
    />
  );
}
