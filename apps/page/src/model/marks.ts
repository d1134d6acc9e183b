import type { Message } from '@proto/watch';
import { where } from './nodes.ts';
import type { ClientFact, Mark, Told } from './shapes.ts';

/** A delay of the event loop from which it is reported. In milliseconds. */
export const STALL_MS = 100;

/** What the log says about a message, if anything. */
export function markOf(
  message: Exclude<Message, { k: 'hello' }>,
  clientOf: (c: number) => ClientFact,
): Mark | undefined {
  const { t } = message;
  const of = (c: number): string => `client ${clientOf(c).stays.at(-1)?.seat ?? `number ${c}`}`;
  const mark = (kind: Mark['kind'], text: string, isBad = false, c?: number): Mark => ({
    t,
    kind,
    c,
    text,
    isBad,
  });
  switch (message.k) {
    case 'listening':
      return mark('listening', `listening on ${message.address}`);
    case 'join':
      return mark(
        'join',
        `client ${message.seat} connected from ${message.address}${where(clientOf(message.c))}`,
        false,
        message.c,
      );
    case 'leave':
      return mark(
        'leave',
        `client ${message.seat} left: ${message.reason}`,
        message.reason === 'reset',
        message.c,
      );
    case 'drop':
      return mark('drop', `the server dropped client ${message.seat}: ${message.reason}`, true, message.c);
    case 'refuse':
      return mark('refused', `refused ${message.address}: ${message.code}`, true);
    case 'cut':
      return mark('refused', `cut off ${message.address}: ${message.code}`, true);
    case 'fault':
      return mark('fault', `fault in a line of ${of(message.c)}: ${message.code}`, true, message.c);
    case 'end':
      // A reset ends both directions: it is logged once.
      if (message.how === 'RST' && message.d === 'write') return undefined;
      return mark('end', endWords(message, of(message.c)), message.how === 'RST', message.c);
    case 'quit': {
      const who = message.seat === undefined ? 'the server closes' : `client ${message.seat} quits`;
      return mark('quit', `${who}: ${message.reason}; ${message.told.length} notified`);
    }
    case 'drain':
      return mark('quit', `not ready, closing in ${Math.round(message.ms)} ms: ${message.reason}`, true);
    case 'admin':
      return mark('admin', `the operator: ${message.text}`);
    case 'quitDone': {
      const { clean, forced, ms } = message;
      return mark('quit', `closed: ${clean.length} clean, ${forced.length} forced, ${Math.round(ms)} ms`);
    }
    case 'handlerError':
      return mark(
        'handler',
        `the handler failed on a line of ${of(message.c)}: ${message.text}`,
        true,
        message.c,
      );
    case 'turn':
      return message.state === 'skipped'
        ? mark('turn', `client ${message.seat} lost turn ${message.n}`, false, message.c)
        : undefined;
    case 'tick':
      return message.loopMs >= STALL_MS
        ? mark('warning', `the event loop was blocked for ${Math.round(message.loopMs)} ms`, true)
        : undefined;
    case 'warning':
      return mark('warning', message.text, true);
    case 'stopped':
      return mark('warning', `the recording ended: ${message.why}`, true);
    default:
      return undefined;
  }
}

/** How the log describes the end of a direction. */
function endWords({ how, d, by }: Told<'end'>, client: string): string {
  if (how === 'RST') return by === 'peer' ? `${client} sent RST` : `the server reset ${client}`;
  return d === 'read' ? `${client} sent FIN` : `the server sent FIN to ${client}`;
}
