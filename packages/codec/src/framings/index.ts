export { chunk } from './chunk.ts';
export { delimited, type DelimitedOptions } from './delimited.ts';
export { enclosed, type EnclosedOptions } from './enclosed.ts';
export { looseLines, type LooseLinesOptions } from './loose-lines.ts';
export type { Mark } from './marks.ts';
export { netstring } from './netstring.ts';
