import { hasKeys, isLegendOpen } from '../state.ts';
import { Icon } from './icon.tsx';

/** How to read the lanes: a picture and its words. */
const MARKS = [
  ['M3 6m-1.8 0a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0 -3.6 0', 'M6 6H28', 'arrives'],
  ['', 'M6 6H24', 'waits'],
  ['M15 6m-4.6 0a4.6 4.6 0 1 0 9.2 0a4.6 4.6 0 1 0 -9.2 0', '', 'served'],
  ['', 'M0 6H30', 'the room waits here'],
  ['', 'M1 10H15V2H29', 'path of the turn'],
  ['M5 9h8L9 3z', 'M18 4h8l-4 5z', 'a read, a write'],
] as const;

const CLASSES = ['arrives', 'waits', 'served', 'rests', 'way', 'chunks'] as const;

export function Legend() {
  return (
    <ul class="legend" aria-label="How to read the lanes">
      {MARKS.map(([fill, stroke, words], i) => (
        <li key={words}>
          <svg class={`sign-${CLASSES[i]}`} viewBox="0 0 30 12" width="30" height="12" aria-hidden="true">
            {fill !== '' && <path class="fill" d={fill} />}
            {stroke !== '' && <path class="stroke" d={stroke} />}
          </svg>
          {words}
        </li>
      ))}
    </ul>
  );
}

const KEYS = [
  ['Space', 'pause, resume'],
  ['← →', 'one event back, forward'],
  ['Shift ← →', 'one turn back, forward'],
  ['End', 'live'],
  ['1 to 9', 'select a seat'],
  ['0, Esc', 'clear the selection'],
  ['+ −', 'zoom in, zoom out'],
  ['t', 'light or dark'],
  ['/', 'edit the line to send'],
  ['?', 'these keys'],
] as const;

/** The list of keys, and a switch to turn them off. */
export function Keys() {
  if (!isLegendOpen.value) return null;
  return (
    <aside class="keys" aria-label="Keys">
      <header>
        <h2>Keys</h2>
        <button type="button" class="icon" aria-label="Close" onClick={() => (isLegendOpen.value = false)}>
          <Icon name="close" />
        </button>
      </header>
      <dl>
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label>
        <input
          type="checkbox"
          checked={hasKeys.value}
          onChange={({ currentTarget }) => (hasKeys.value = currentTarget.checked)}
        />{' '}
        single keys are on
      </label>
    </aside>
  );
}
