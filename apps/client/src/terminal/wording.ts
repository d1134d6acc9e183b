import { count, type Event, NO_ADDRESS, TOLD_TURNS } from '@proto/protocol';
import { escape } from '@proto/xray';
import type { Incoming } from '../library/client.ts';
import type { Answer } from '../library/conversation.ts';
import type { Standing } from './standing.ts';

/** The kind of a shown line. The sign in front shows it without colour. `read` and `write`: what the x-ray sees. */
export type Tone = 'reply' | 'relay' | 'notice' | 'error' | 'xray' | 'read' | 'write';

/** A line as the terminal shows it: safe text, and its tone, which sets the colour. */
export interface Shown {
  readonly tone: Tone;
  readonly text: string;
}

/**
 * Describes for people what came from the server.
 *
 * Shape: `< text` a reply, `2> text` a line of client 2 (`2 bob> text` when named), `- text` a notice,
 *        `! text` an error; escaped, so that no text of a peer can look like another kind or move the cursor.
 *        `undefined` if the prompt says enough.
 */
export function wording(incoming: Incoming, standing: Standing): Shown | undefined {
  switch (incoming.kind) {
    case 'answer':
      return answer(incoming.answer);
    case 'event':
      return event(incoming.event, standing);
    case 'text':
      return { tone: 'relay', text: `? ${escape(incoming.text)}` };
    default:
      return notice(
        `${count(incoming.count, 'event came too fast and is', 'events came too fast and are')} not shown`,
      );
  }
}

/** A notice from this side or the server. */
export function notice(text: string): Shown {
  return { tone: 'notice', text: `- ${escape(text)}` };
}

/** An error from this side or the server. */
export function failure(text: string): Shown {
  return { tone: 'error', text: `! ${escape(text)}` };
}

/** The most newcomers that are told of by name. */
const MOST_NAMED = 8;

/** Who was there already when you came, in one line. */
export function here(events: readonly Of<'HERE'>[], standing: Standing): Shown {
  const named = events.slice(0, MOST_NAMED).map((each) => newcomer(each, aboutOf(standing)));
  const more = events.length - named.length;
  return notice(`here: ${named.join(', ')}${more > 0 ? ` and ${more} more; /who lists them` : ''}`);
}

/** Whom a quit closes. What a newer server may say is left as it is. */
export function closedBy({ quit, have }: Of<'ROOM'>): string {
  const all = have === 1 ? 'you' : `all ${have} clients here`;
  if (quit === 'all') return `${all} and the server`;
  if (quit === 'room') return all;
  return quit === 'self' ? 'only the client that quits' : quit;
}

function newcomer({ seat, queued }: Of<'HERE'>, { names, who }: About): string {
  if (queued === 0) return who(seat);
  const name = names.get(seat);
  return name === undefined
    ? `client ${seat} (${lines(queued)})`
    : `${name} (client ${seat}, ${lines(queued)})`;
}

function turnsOver(first: number, last: number, seats: readonly number[]): string {
  if (first === last) return `turn ${first}: client ${seats[0]} was served`;
  const isAll = seats.length < TOLD_TURNS || seats.length === last - first + 1;
  const served = `clients ${seats.join(', ')} were served`;
  return `turns ${first} to ${last}: ${isAll ? served : `in the end, ${served}`}`;
}

/** `1 line waits`, `2 lines wait`. */
function lines(number: number): string {
  return count(number, 'line waits', 'lines wait');
}

function answer(given: Answer): Shown {
  if (given.kind === 'ok') return notice('done, nothing to show');
  if (given.kind === 'refused') return failure(`${given.code}: ${given.text}`);
  return { tone: 'reply', text: `< ${escape(given.text)}` };
}

function event(happened: Event, standing: Standing): Shown | undefined {
  // Each verb has the wording of its own event. The compiler can't see that through an index.
  const word = WORDINGS[happened.verb] as (happened: Event, about: About) => Shown | undefined;
  return word(happened, aboutOf(standing));
}

function aboutOf({ seat, turn, names }: Standing): About {
  const who = (of: number | undefined): string => {
    if (of === undefined) return 'somebody';
    if (of === seat) return 'you';
    const name = names.get(of);
    return name === undefined ? `client ${of}` : `${name} (client ${of})`;
  };
  return { seat, isTurnKnown: turn !== undefined, names, who };
}

/** What else a wording may mention. */
interface About {
  readonly seat: number | undefined;
  /** Whether it was known whose turn it is. */
  readonly isTurnKnown: boolean;
  readonly names: ReadonlyMap<number, string>;
  /** A client's name for people. */
  readonly who: (seat: number | undefined) => string;
}

type Of<Verb extends Event['verb']> = Extract<Event, { verb: Verb }>;

/** One wording for each event. The compiler reports a missing one. */
const WORDINGS: { readonly [Verb in Event['verb']]: (of: Of<Verb>, about: About) => Shown | undefined } = {
  WELCOME: ({ seat, room }) => notice(`you are client ${seat} in room ${room}`),
  HERE: (of, about) => notice(`here: ${newcomer(of, about)}`),
  OK: () => answer({ kind: 'ok' }),
  JOIN: ({ seat, address }, { who }) =>
    notice(`${who(seat)} joined${address === NO_ADDRESS ? '' : ` from ${address}`}`),
  LEAVE: ({ seat, reason }, { who }) => notice(`${who(seat)} left: ${reason}`),
  WAIT: ({ have, want }) => notice(`${have} of the ${want} to begin with are here`),
  TURN: (of, { seat, isTurnKnown, who }) => {
    if (of.seat === seat) return notice('your turn: everybody waits for you');
    return isTurnKnown ? undefined : notice(`the room waits for ${who(of.seat)}`);
  },
  TURNS: ({ first, last, seats }) => notice(turnsOver(first, last, seats)),
  MSG: ({ seat, text }, { names }) => {
    const name = names.get(seat);
    return { tone: 'relay', text: `${seat}${name === undefined ? '' : ` ${name}`}> ${escape(text)}` };
  },
  SKIP: ({ seat, reason }, { who }) =>
    notice(reason === 'passed' ? `${who(seat)} passed` : `${who(seat)} missed a turn: ${reason}`),
  WHO: ({ seat, address, queued }, { who }) =>
    notice(`${who(seat)}${address === NO_ADDRESS ? '' : ` at ${address}`}, ${lines(queued)}`),
  END: ({ listed, present }) => notice(`${listed} of ${present} listed`),
  NAME: (of, { seat }) =>
    notice(`${of.seat === seat ? 'you are' : `client ${of.seat} is`} now called ${of.name}`),
  SAY: ({ text }) => notice(`the server says: ${text}`),
  ROOM: (of) => {
    const { room, order, have, want, waiting } = of;
    const attendance =
      have < want ? `${have} of the ${want} to begin with are here` : count(have, 'is here', 'are here');
    return notice(
      `room ${room}: ${order} order, ${attendance}, ${lines(waiting)}. A quit closes ${closedBy(of)}`,
    );
  },
  PONG: ({ text }) => notice(`pong ${text}`),
  HELP: ({ text }) => notice(text),
  ERR: ({ code, text }) => failure(`${code}: ${text}`),
  QUIT: ({ seat, reason }, { who }) =>
    notice(`${who(seat)} quit${reason === 'quit' ? '' : ` (${reason})`}: this closes everybody here`),
  BYE: ({ reason }) => notice(`goodbye: ${reason}`),
};
