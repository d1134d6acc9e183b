export { type Charset } from './charset.ts';
export { chunk } from './chunk.ts';
export {
  type Content,
  FRAME_FAULT_CODES,
  type Frame,
  type FrameFault,
  type FrameFaultCode,
  formatFault,
  isFault,
} from './frame.ts';
export type { Decoder, Framing } from './framing.ts';
export type { FramingOptions } from './limits.ts';
export type { Terminator } from './line-decoder.ts';
export { lines, type LinesOptions } from './lines.ts';
