import { hasKeys, isLegendOpen, news, session } from '../state.ts';
import { Icon } from './icon.tsx';

/** How to read the lanes: the name of a sign, its picture as filled and stroked paths, and its words unless the name is enough. */
const SIGNS: readonly (readonly [name: string, fill: string, stroke: string, words?: string])[] = [
  ['arrives', 'M3 6h0', 'M6 6H28'],
  ['waits', '', 'M6 6H24'],
  ['served', 'M15 6h0', ''],
  ['rests', '', 'M0 6H30', 'the room waits here'],
  ['way', '', 'M1 10H15V2H29', 'path of the turn'],
  ['chunks', 'M5 9h8L9 3z', 'M18 4h8l-4 5z', 'a read, a write'],
];

/** Only where there are several nodes. */
const CROSSING = ['crosses', 'M11.5 2.5h7v7h-7z', 'M0 6H30', 'to another node'] as const;

export function Legend() {
  void news.value;
  const signs = session.value.nodes.length > 1 ? [...SIGNS, CROSSING] : SIGNS;
  return (
    <ul class="legend" aria-label="How to read the lanes">
      {signs.map(([name, fill, stroke, words = name]) => (
        <li key={name}>
          <svg class={`sign-${name}`} viewBox="0 0 30 12" width="30" height="12" aria-hidden="true">
            <path class="fill" d={fill} />
            <path class="stroke" d={stroke} />
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
  ['n, p', 'next, previous caption of a lesson'],
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
