import {
  follow,
  hasKeys,
  here,
  isLegendOpen,
  pick,
  picked,
  step,
  tab,
  theme,
  togglePlay,
  zoom,
} from '../state.ts';

/** What each key does. */
const KEYS: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
  ' ': togglePlay,
  ArrowLeft: ({ shiftKey }) => step(shiftKey ? 'turn' : 'event', -1),
  ArrowRight: ({ shiftKey }) => step(shiftKey ? 'turn' : 'event', 1),
  End: follow,
  Escape: () => {
    isLegendOpen.value = false;
    picked.value = undefined;
  },
  '0': () => (picked.value = undefined),
  '+': () => zoom(-1),
  '=': () => zoom(-1),
  '-': () => zoom(1),
  t: () => (theme.value = theme.peek() === 'dark' ? 'light' : 'dark'),
  '?': () => (isLegendOpen.value = !isLegendOpen.peek()),
  '/': () => {
    tab.value = 'you';
    requestAnimationFrame(() => document.querySelector<HTMLInputElement>('#say')?.focus());
  },
};

/** Takes the keys of the page: none while somebody types, none that a button or a slider wants itself. */
export function takeKeys(): void {
  addEventListener('keydown', (event) => {
    const { target, key, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || !hasKeys.peek() || isTaken(target, key)) return;
    const act = KEYS[key] ?? pickSeat(key);
    if (act === undefined) return;
    event.preventDefault();
    act(event);
  });
}

function isTaken(target: EventTarget | null, key: string): boolean {
  if (target instanceof HTMLSelectElement) return true;
  if (target instanceof HTMLButtonElement) return key === ' ';
  if (!(target instanceof HTMLInputElement)) return false;
  // A slider wants the arrows, a box the space; any other input wants all.
  return target.type !== 'range' || key.startsWith('Arrow') || key === 'End';
}

function pickSeat(key: string): (() => void) | undefined {
  if (!/^[1-9]$/.test(key)) return undefined;
  return () => {
    const found = here.peek().find(({ seat }) => seat === Number(key));
    if (found !== undefined && picked.peek() !== found.client.c) pick(found.client.c);
  };
}
