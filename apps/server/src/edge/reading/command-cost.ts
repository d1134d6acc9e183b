import { type Command, COMMANDS, TOLD_CLIENTS } from '@proto/protocol';

/**
 * Lines that a command sets off in a room of so many, over one: a client pays for them with its share of the pass of the
 * event loop, or 64 that ask `/who` would hold up everybody.
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
