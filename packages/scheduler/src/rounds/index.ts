export type { Portion } from './take-rounds.ts';
export { takeRounds } from './take-rounds.ts';
