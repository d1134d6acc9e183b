import { signal } from '@preact/signals';

const PHONE = '(max-width: 900px)';

/** The page has the shape of a phone. */
export const isNarrow = signal(matchMedia(PHONE).matches);

matchMedia(PHONE).addEventListener('change', ({ matches }) => {
  isNarrow.value = matches;
});
