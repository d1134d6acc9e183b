export type { Clock } from '@proto/scheduler';
export type { Ban } from './door/bans.ts';
export type { Counts } from './events/counts.ts';
export type {
  AwayChange,
  Chunk,
  ChunkEnd,
  CloseReport,
  ConnectionLoad,
  DropReason,
  NodeChange,
  QuitNotice,
  ServerEvents,
  ServerLoad,
  Tapped,
  WaitEnd,
} from './events/events.ts';
export type { From, Handler } from './options/handler.ts';
export { OptionError, type ServerOptions, type Settings } from './options/options.ts';
export type { Person } from './room/person.ts';
export type { Client, Entry, Place, RoomRecord, Rounds, Turn } from './room/records.ts';
export type { RoomStatus } from './room/room-status.ts';
export { turnsOf } from './room/rounds.ts';
export type { CloseOptions, DrainOptions } from './options/close-options.ts';
export type { Senders, SenderTally } from './events/senders.ts';
export { createServer, Server } from './server.ts';
export { type Connection, type EarlierBytes, type Listener, ListenError } from './transport/listener.ts';
export { MemoryListener } from './transport/memory.ts';
