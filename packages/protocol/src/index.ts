export { ERROR_CODES, type ErrorCode, type Refusal, refuse } from './codes.ts';
export { type Command, type CommandHelp, COMMANDS, isPlainMessage, type Message, parse } from './commands.ts';
export {
  type Event,
  EVENT_OVERHEAD_BYTES,
  EVENT_VERBS,
  formatEvent,
  formatReply,
  NO_NAME,
  parseServerLine,
  PROTOCOL_VERSION,
  type ServerLine,
} from './events.ts';
export { isName, isRoomName, NAME_SHAPE, ROOM_SHAPE } from './names.ts';
