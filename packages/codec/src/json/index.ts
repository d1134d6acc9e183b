export type { JsonFrame } from './json-frame.ts';
export { jsonLines, type JsonLinesOptions } from './json-lines.ts';
