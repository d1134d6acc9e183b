/** What a room is doing now. */
export interface RoomStatus {
  /** Its name. */
  readonly room: string;
  /** How many clients are in it. */
  readonly have: number;
  /** How many it waits for before its first turn. */
  readonly want: number;
  /** Strict order: the number of the turn, from 1. */
  readonly turn: number;
  /** Strict order: the seat whose turn it is. */
  readonly holder: number | undefined;
  /** Strict order: the seat that the room waits for. */
  readonly waitedFor: number | undefined;
  /** Lines that wait. */
  readonly waiting: number;
  /** Its turns are held. */
  readonly held: boolean;
}
