export type { Bytes } from './bytes.ts';
export {
  type Charset,
  type Content,
  FRAME_FAULT_CODES,
  formatFault,
  type Frame,
  type FrameFault,
  type FrameFaultCode,
  isFault,
} from './frame.ts';
export type { Decoder, Framing, Run } from './framing.ts';
export type { FramingOptions } from './limits.ts';
export type { Terminator } from './text-window.ts';
export { lines, type LinesOptions } from './lines.ts';
