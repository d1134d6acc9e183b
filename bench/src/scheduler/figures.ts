import type { Figure } from '../figure.ts';
import { fairnessFigures } from './fairness.ts';
import { rateFigures } from './rates.ts';
import { taskFigures } from './tasks.ts';
import { turnFigures } from './turns.ts';

/** The figures of `@proto/scheduler`. */
export const schedulerFigures: readonly Figure[] = [
  ...turnFigures,
  ...taskFigures,
  ...rateFigures,
  ...fairnessFigures,
];
