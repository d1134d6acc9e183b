import type { RoomsOptions } from '../room/rooms.ts';
import type { Settings } from '../options/options.ts';

/** What the rooms need of the settings: everything that decides outcomes. */
export function roomsOptions({
  order,
  deliver,
  transform,
  clients,
  maxSkips,
  addresses,
  events,
  quit,
  maxRooms,
}: Settings): RoomsOptions {
  return {
    order,
    deliver,
    transform: typeof transform === 'string' ? transform : 'handler',
    clients,
    maxSkips,
    addresses,
    events: events === 'on',
    quit,
    maxRooms,
  };
}
