export type { EverySplitOptions } from './cuts.ts';
export { everySplit } from './every-split.ts';
