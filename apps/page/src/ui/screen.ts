import { signal } from '@preact/signals';

const PHONE = '(max-width: 900px)';

/** Whether the page has the layout for a phone. */
export const isNarrow = signal(matchMedia(PHONE).matches);

matchMedia(PHONE).addEventListener('change', ({ matches }) => {
  isNarrow.value = matches;
});

/** Whether the user wants less motion. */
export function isStill(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
