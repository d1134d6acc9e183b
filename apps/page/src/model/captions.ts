import type { CaptionFact } from './shapes.ts';
import { countUpTo } from './sorted.ts';

/** How many captions have been shown at a moment. The last of them is the caption of the moment; 0: there is none yet. */
export function captionNumber(captions: readonly CaptionFact[], t: number): number {
  return countUpTo(captions, t);
}

/** The next caption, or the one before that of the moment. `undefined`: there is none. */
export function captionBeside(
  captions: readonly CaptionFact[],
  t: number,
  by: 1 | -1,
): CaptionFact | undefined {
  const number = captionNumber(captions, t);
  // A list has no element -1.
  return captions[by === 1 ? number : number - 2];
}

/** Whether a moment is that of a caption, so the caption speaks for it. */
export function isAtCaption(captions: readonly CaptionFact[], t: number): boolean {
  return captions[captionNumber(captions, t) - 1]?.t === t;
}
