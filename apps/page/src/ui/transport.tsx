import { seconds } from '../model/words.ts';
import {
  follow,
  isFollowing,
  isPlaying,
  isTableOpen,
  jumpTo,
  moment,
  news,
  nextSpan,
  nextSpeed,
  session,
  source,
  spanMs,
  speed,
  step,
  togglePlay,
} from '../state.ts';
import { Icon } from './icon.tsx';
import { isNarrow } from './screen.ts';

/** Time: pauses the view, steps through it, goes back. The server is not affected. */
export function Transport() {
  void news.value;
  const isLive = source.value === 'live';
  const isRunning = isPlaying.value || isFollowing.value;
  const t = Math.round(moment.value);
  const scrub = (
    <label class="scrub">
      <span class="sr">Moment</span>
      <input
        id="moment"
        type="range"
        min="0"
        max={Math.max(1, Math.round(session.value.last))}
        value={t}
        aria-valuetext={seconds(t)}
        onInput={({ currentTarget }) => jumpTo(Number(currentTarget.value))}
      />
    </label>
  );
  return (
    <div class="transport" role="toolbar" aria-label="Time">
      {/* On a phone it has a row of its own, above the buttons. */}
      {isNarrow.value && scrub}
      <Button label="One turn back" keys="Shift ←" icon="turnBack" act={() => step('turn', -1)} />
      <Button label="One event back" keys="←" icon="eventBack" act={() => step('event', -1)} />
      <button
        type="button"
        class="play"
        title="Space"
        aria-label={isRunning ? 'Pause' : 'Play'}
        onClick={togglePlay}
      >
        <Icon name={isRunning ? 'pause' : 'play'} />
      </button>
      <Button label="One event forward" keys="→" icon="eventOn" act={() => step('event', 1)} />
      <Button label="One turn forward" keys="Shift →" icon="turnOn" act={() => step('turn', 1)} />
      {!isNarrow.value && scrub}
      <output class="clock">{(moment.value / 1_000).toFixed(2)} s</output>
      <button type="button" class="text" title="Playback speed" onClick={nextSpeed}>
        {speed.value}×
      </button>
      <button type="button" class="text wide" title="Time that the lanes show (+ −)" onClick={nextSpan}>
        {spanMs.value / 1_000} s
      </button>
      <button
        type="button"
        class="text wide"
        aria-pressed={isTableOpen.value}
        onClick={() => (isTableOpen.value = !isTableOpen.value)}
      >
        table
      </button>
      {isLive && (
        <button type="button" class="text live" title="End" aria-pressed={isFollowing.value} onClick={follow}>
          live
        </button>
      )}
    </div>
  );
}

interface ButtonProps {
  readonly label: string;
  readonly keys: string;
  readonly icon: 'turnBack' | 'eventBack' | 'eventOn' | 'turnOn';
  readonly act: () => void;
}

function Button({ label, keys, icon, act }: ButtonProps) {
  return (
    <button type="button" title={`${label} (${keys})`} aria-label={label} onClick={act}>
      <Icon name={icon} />
    </button>
  );
}
