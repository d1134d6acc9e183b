import { type Command, COMMANDS, TOLD_CLIENTS } from '@proto/protocol';
import { BYTES_PER_LINE } from '../../options/options.ts';

/** What an event takes that holds no text of a client, at most about: `* WHO 12345 name 127.0.0.1:50000 64`. In bytes. */
const EVENT_BYTES = 64 + BYTES_PER_LINE;
/** The same for what is around the text of a client: `* MSG 12345 `. */
const AROUND_BYTES = 16 + BYTES_PER_LINE;

/**
 * How many more lines than one a command causes in a room of this size. A client pays for them with its share of the
 * pass of the event loop; otherwise 64 `/who` would hold up everybody.
 */
export function costOf({ verb }: Command, present: number): number {
  switch (verb) {
    case 'who':
    case 'name':
    case 'join':
      return Math.min(present, TOLD_CLIENTS);
    case 'help':
      return COMMANDS.length;
    default:
      return 0;
  }
}

/**
 * How many bytes a command makes the server send to others, or list for the client itself, in a room of this size.
 * Each line counts 256 more, as in an outbox. `there`: how many are in the room that it names.
 */
export function bytesOf(command: Command, present: number, there: number): number {
  switch (command.verb) {
    case 'who':
      return EVENT_BYTES * Math.min(present, TOLD_CLIENTS);
    case 'room':
      return EVENT_BYTES;
    case 'help':
      return EVENT_BYTES * COMMANDS.length;
    case 'name':
      return (AROUND_BYTES + command.name.length) * told(present);
    // Those here are told that it left, those there that it came; and as long as a room waits, how many it has. It is told who
    // is there.
    case 'join':
      return EVENT_BYTES * (2 * told(present) + 3 * told(there));
    // SKIP and TURN.
    case 'pass':
      return 2 * AROUND_BYTES * present;
    default:
      return 0;
  }
}

/** How many bytes messages cause that have `bytes` in total and go to `others` clients each. */
export function bytesOfMessages(bytes: number, lines: number, others: number): number {
  return (bytes + AROUND_BYTES * lines) * others;
}

/** How many are told of what only small rooms are told. */
function told(present: number): number {
  return present > TOLD_CLIENTS ? 1 : present;
}
