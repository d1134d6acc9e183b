import { deadline } from '../dial/deadline.ts';

/** Does something after this number of milliseconds; returns what calls it off. Tests give a clock of their own. */
export type Later = (ms: number, act: () => void) => () => void;

/** By the clock of this machine. */
export const later: Later = deadline;
