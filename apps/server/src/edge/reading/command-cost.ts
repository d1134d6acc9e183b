import { type Command, COMMANDS, TOLD_CLIENTS } from '@proto/protocol';

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
