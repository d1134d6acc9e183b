import { bytes, type Check, isObject, list, text, truth, whole, whyNotFields } from './check.ts';
import { MESSAGE_CHECKS } from './message-checks.ts';
import { type Message, WATCH_VERSION } from './messages.ts';
import {
  type BridgeOp,
  type BridgeSaid,
  MOST_APART_MS,
  MOST_FOLLOWED,
  MOST_PARTS,
  MOST_STEP_TURNS,
  type WatchOp,
} from './operations.ts';

/**
 * The result of parsing a line: its `value`, an unknown `kind` that is ignored, or `why` it is wrong, in one sentence for
 * people.
 */
export type Parsed<T> =
  | { readonly is: 'known'; readonly value: T }
  | { readonly is: 'unknown'; readonly kind: string }
  | { readonly is: 'wrong'; readonly why: string; readonly version?: true };

type Table = Readonly<Record<string, Readonly<Record<string, Check<unknown>>>>>;

/**
 * Reads one message.
 *
 * Shape:  one JSON object, without its line end. Unknown fields are ignored.
 * Errors: as data: one sentence. `version`: the line, and what follows it, is in another version of the format.
 */
export function parseMessage(line: string): Parsed<Message> {
  return parse<Message>(line, 'k', MESSAGE_CHECKS);
}

/** Reads one operation that a page sends on `/watch`. Shape and errors: see `parseMessage`. */
export function parseWatchOp(line: string): Parsed<WatchOp> {
  return parse<WatchOp>(line, 'op', WATCH_OPS);
}

/** Reads one operation of a page for its bridge. Shape and errors: see `parseMessage`. */
export function parseBridgeOp(line: string): Parsed<BridgeOp> {
  return parse<BridgeOp>(line, 'op', BRIDGE_OPS);
}

/** Reads what a bridge says to its page. Shape and errors: see `parseMessage`. */
export function parseBridgeSaid(line: string): Parsed<BridgeSaid> {
  return parse<BridgeSaid>(line, 'op', BRIDGE_SAYS);
}

function within(least: number, greatest: number): Check<number> {
  return (value) =>
    whole(value) === undefined && (value as number) >= least && (value as number) <= greatest
      ? undefined
      : `an integer from ${least} to ${greatest}`;
}

function most<T>(length: number, check: Check<readonly T[]>): Check<readonly T[]> {
  return (value) =>
    check(value) ?? ((value as unknown[]).length > length ? `a list of at most ${length}` : undefined);
}

const token = { token: text };
const locked = { tries: whole };
const WATCH_OPS = {
  token,
  follow: { clients: most(MOST_FOLLOWED, list(whole)) },
  hold: { room: text, on: truth },
  step: { room: text, turns: within(1, MOST_STEP_TURNS) },
};
const BRIDGE_OPS = {
  token,
  write: { parts: most(MOST_PARTS, list(bytes)), apartMs: within(0, MOST_APART_MS) },
  end: {},
  reset: {},
  pause: {},
  resume: {},
};
const BRIDGE_SAYS = {
  locked,
  asked: {},
  seat: { c: whole, seat: whole },
  wrote: { bytes: whole },
  gone: { why: text },
};

function parse<T>(line: string, key: 'k' | 'op', table: Table): Parsed<T> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { is: 'wrong', why: 'this is not JSON' };
  }
  if (!isObject(value)) return { is: 'wrong', why: 'expected a JSON object' };
  const kind = value[key];
  if (typeof kind !== 'string') return { is: 'wrong', why: `expected ${key}: text` };
  if (kind === 'hello' && key === 'k' && value['v'] !== WATCH_VERSION) return otherVersion(value['v']);
  if (!Object.hasOwn(table, kind)) return { is: 'unknown', kind };
  const expected = whyNotFields(value, table[kind]!);
  if (expected !== undefined) return { is: 'wrong', why: `${key} ${kind}: expected ${expected}` };
  return { is: 'known', value: value as T };
}

function otherVersion(version: unknown): Parsed<never> {
  const which = typeof version === 'number' ? `version ${version}` : 'no version';
  return {
    is: 'wrong',
    why: `the format has ${which}, and this program reads only version ${WATCH_VERSION}`,
    version: true,
  };
}
