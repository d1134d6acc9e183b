export { type Damage, MessageReader, type MessagesRead, MOST_LINE_UNITS, writeLine } from './lines.ts';
export {
  type Counts,
  type End,
  type LeftOut,
  type Message,
  type Missed,
  MOST_PEOPLE,
  MOST_ROOMS,
  type PersonRow,
  type Right,
  type RoomRow,
  WATCH_VERSION,
  type WatchSettings,
} from './messages.ts';
export {
  type BridgeOp,
  type BridgeSaid,
  MOST_APART_MS,
  MOST_FOLLOWED,
  MOST_OPERATION_BYTES,
  MOST_PARTS,
  MOST_STEP_TURNS,
  type WatchOp,
} from './operations.ts';
export { parseBridgeOp, parseBridgeSaid, parseMessage, type Parsed, parseWatchOp } from './parse.ts';
