/** What a client may be called. It starts with a letter, so that it is never taken for a seat number. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/;

/** What a room may be called. */
const ROOM = /^[a-z0-9_-]{1,32}$/;

/** The shape of a client's name, in words for an error text. */
export const NAME_SHAPE = '1 to 32 of A-Z a-z 0-9 _ -, starting with a letter';

/** The shape of a room's name, in words for an error text. */
export const ROOM_SHAPE = '1 to 32 of a-z 0-9 _ -';

/** Whether a client may be called `text`. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/** Whether a room may be called `text`. */
export function isRoomName(text: string): boolean {
  return ROOM.test(text);
}
