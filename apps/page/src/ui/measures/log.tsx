import { countUpTo } from '../../model/sorted.ts';
import { moment, session } from '../../state.ts';

const MOST_MARKS = 14;

/** What happened, newest first. */
export function Log() {
  const { marks } = session.value;
  const t = moment.value;
  const last = marks.slice(0, countUpTo(marks, t)).slice(-MOST_MARKS).toReversed();
  return (
    <div class="log" role="log" aria-live="off" aria-label="What happened">
      <ol>
        {last.map((mark, i) => (
          <li key={`${mark.t} ${mark.text} ${last.length - i}`} class={mark.isBad ? 'bad' : ''}>
            <span>{(mark.t / 1_000).toFixed(2)}</span>
            {mark.text}
          </li>
        ))}
      </ol>
    </div>
  );
}
