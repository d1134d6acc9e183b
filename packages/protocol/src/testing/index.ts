export { type DiffNames, formatDiff } from './difference.ts';
export type { Heard, Peer } from './hearing.ts';
export { type Difference, play, type Played } from './play.ts';
export { readTranscript, type Step, type StepVerb, type Transcript } from './transcript.ts';
