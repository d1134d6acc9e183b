import type { Event } from '@proto/protocol';
import type { Incoming } from '../client.ts';
import type { Answer } from '../conversation.ts';
import { escape } from '../escape.ts';
import type { Standing } from './standing.ts';

/** What a shown line is. The sign in front says it without colour. */
export type Tone = 'reply' | 'relay' | 'notice' | 'error';

/** A line as the terminal shows it: safe text, and its tone for those who see colour. */
export interface Shown {
  readonly tone: Tone;
  readonly text: string;
}

/**
 * Words what came from the server for people.
 *
 * Shape: `< text` a reply, `2> text` a line of client 2 (`2 bob> text` when named), `- text` a notice,
 *        `! text` an error; escaped, so that no text of a peer can look like another kind or move the cursor.
 *        `undefined` where the prompt says enough.
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
      return notice(`${incoming.count} events came too fast and are not shown`);
  }
}

/** A notice of our own or of the server. */
export function notice(text: string): Shown {
  return { tone: 'notice', text: `- ${escape(text)}` };
}

/** An error of our own or of the server. */
export function failure(text: string): Shown {
  return { tone: 'error', text: `! ${escape(text)}` };
}

function answer(given: Answer): Shown {
  if (given.kind === 'ok') return notice('done, nothing to show');
  if (given.kind === 'refused') return failure(`${given.code}: ${given.text}`);
  return { tone: 'reply', text: `< ${escape(given.text)}` };
}

function event(happened: Event, { seat, names }: Standing): Shown | undefined {
  const who = (of: number | undefined): string => {
    if (of === undefined) return 'somebody';
    if (of === seat) return 'you';
    const name = names.get(of);
    return name === undefined ? `client ${of}` : `${name} (client ${of})`;
  };
  switch (happened.verb) {
    case 'WELCOME':
      return notice(`you are client ${happened.seat} in room ${happened.room}`);
    case 'JOIN':
      return notice(`${who(happened.seat)} joined from ${happened.address}`);
    case 'LEAVE':
      return notice(`${who(happened.seat)} left: ${happened.reason}`);
    case 'WAIT':
      return notice(`${happened.have} of ${happened.want} are here`);
    case 'TURN':
      return happened.seat === seat ? notice('your turn') : undefined;
    case 'MSG':
      return {
        tone: 'relay',
        text: `${happened.seat}${nameOf(happened.seat, names)}> ${escape(happened.text)}`,
      };
    case 'SKIP':
      return notice(`${who(happened.seat)} missed a turn: ${happened.reason}`);
    case 'WHO':
      return notice(`${who(happened.seat)} at ${happened.address}, ${happened.queued} waiting`);
    case 'END':
      return notice(`${happened.listed} of ${happened.present} listed`);
    case 'NAME':
      return notice(
        `${happened.seat === seat ? 'you are' : `client ${happened.seat} is`} now called ${happened.name}`,
      );
    case 'PONG':
      return notice(`pong ${happened.text}`);
    case 'HELP':
      return notice(happened.text);
    case 'ERR':
      return failure(`${happened.code}: ${happened.text}`);
    case 'QUIT':
      return notice(`${who(happened.seat)} quit${happened.reason === 'quit' ? '' : `: ${happened.reason}`}`);
    case 'BYE':
      return notice(`goodbye: ${happened.reason}`);
    default:
      return answer({ kind: 'ok' });
  }
}

function nameOf(seat: number, names: ReadonlyMap<number, string>): string {
  const name = names.get(seat);
  return name === undefined ? '' : ` ${name}`;
}
