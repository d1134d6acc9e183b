import {
  follow,
  hasKeys,
  here,
  isLegendOpen,
  isLessonListOpen,
  nextCaption,
  pick,
  picked,
  previousCaption,
  step,
  tab,
  theme,
  togglePlay,
  zoom,
} from '../state.ts';
import { isStill } from './screen.ts';

/** What each key does. */
const KEYS: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
  ' ': togglePlay,
  ArrowLeft: ({ shiftKey }) => step(shiftKey ? 'turn' : 'event', -1),
  ArrowRight: ({ shiftKey }) => step(shiftKey ? 'turn' : 'event', 1),
  End: follow,
  Escape: () => {
    isLegendOpen.value = isLessonListOpen.value = false;
    picked.value = undefined;
  },
  '0': () => (picked.value = undefined),
  '+': () => zoom(-1),
  '=': () => zoom(-1),
  '-': () => zoom(1),
  n: () => nextCaption(isStill()),
  p: previousCaption,
  t: () => (theme.value = theme.peek() === 'dark' ? 'light' : 'dark'),
  '?': () => (isLegendOpen.value = !isLegendOpen.peek()),
  '/': () => {
    tab.value = 'you';
    requestAnimationFrame(() => document.querySelector<HTMLInputElement>('#say')?.focus());
  },
};

/** Handles the keys of the page, except while the user types and except keys that a button or slider uses. */
export function takeKeys(): void {
  addEventListener('keydown', (event) => {
    const { target, key, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || isOff(target, key)) return;
    const act = KEYS[key] ?? pickSeat(key);
    if (act === undefined) return;
    event.preventDefault();
    act(event);
  });
}

function isOff(target: EventTarget | null, key: string): boolean {
  if (key === 'Escape') return false;
  if (!hasKeys.peek()) return true;
  if (target instanceof HTMLSelectElement) return true;
  if (target instanceof HTMLButtonElement) return key === ' ';
  if (!(target instanceof HTMLInputElement)) return false;
  // A slider uses the arrows, a checkbox the space; any other input uses every key. The moment steps as everywhere else.
  if (target.type === 'range') return target.id !== 'moment' && (key.startsWith('Arrow') || key === 'End');
  return true;
}

function pickSeat(key: string): (() => void) | undefined {
  if (!/^[1-9]$/.test(key)) return undefined;
  return () => {
    const found = here.peek().find(({ seat }) => seat === Number(key));
    if (found !== undefined && picked.peek() !== found.client.c) pick(found.client.c);
  };
}
