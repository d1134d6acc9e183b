export { type Damage, MessageReader, type MessagesRead, MOST_LINE_UNITS, writeLine } from './lines.ts';
export { type Message, MOST_NODES, MOST_PEOPLE, MOST_ROOMS, type Right, WATCH_VERSION } from './messages.ts';
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
export {
  type Counts,
  type End,
  type LeftOut,
  type Missed,
  type NodeRow,
  type PersonRow,
  type RoomRow,
  type WatchSettings,
} from './rows.ts';
