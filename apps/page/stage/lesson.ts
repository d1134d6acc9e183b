import type { Stage } from './stage.ts';

/** A lesson of `docs/lessons.md`, as it is played. */
export interface Lesson {
  readonly number: number;
  /** The heading in `docs/lessons.md`, without its number. */
  readonly title: string;
  /** Those of `proto-server`. */
  readonly flags: readonly string[];
  /** What to do on a live server with these flags, and what to see there. */
  readonly try: string;
  readonly play: (stage: Stage) => Promise<void>;
}
