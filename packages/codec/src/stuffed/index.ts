export { cobs, type CobsOptions } from './cobs.ts';
export { slip, type SlipOptions } from './slip.ts';
export { stuffed, type StuffedOptions } from './stuffed.ts';
