export { ERROR_CODES, type ErrorCode, type Refusal, refuse } from './codes.ts';
export { type Command, type CommandHelp, COMMANDS, isPlainMessage, type Message, parse } from './commands.ts';
export { badByteAt, isContent } from './content.ts';
export { count } from './count.ts';
export {
  type Event,
  EVENT_VERBS,
  formatEvent,
  formatReply,
  NO_ADDRESS,
  NO_NAME,
  parseServerLine,
  PROTOCOL_VERSION,
  type ServerLine,
} from './events.ts';
export {
  DEFAULT_LINE_BYTES,
  DEFAULT_PORT,
  EVENT_OVERHEAD_BYTES,
  type LineLimits,
  lineLimits,
  MOST_LINE_BYTES,
  TOLD_CLIENTS,
  TOLD_TURNS,
} from './limits.ts';
export { isName, isRoomName, NAME_SHAPE, ROOM_SHAPE } from './names.ts';
export { nearest } from './nearest.ts';
export { AUTH_PREFIX, mostTokenBytes, tokenIn } from './token.ts';
