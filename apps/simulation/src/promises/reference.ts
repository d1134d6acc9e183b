// What docs/protocol.md says about lines and answers, written a second time: nothing here is the product's own.

/** One line of a client, as the protocol reads it. */
export type Said =
  | { readonly kind: 'message'; readonly text: string; readonly to: string | undefined }
  /** Answered by `* ERR` with one of these codes. */
  | { readonly kind: 'fault'; readonly codes: readonly string[] }
  | { readonly kind: 'command'; readonly verb: string; readonly rest: string }
  /** A command that no server takes: a notice, and it counts as a fault. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'quit' };

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/;
const ROOM = /^[a-z0-9_-]{1,32}$/;
const COMMANDS: ReadonlySet<string> = new Set(['pass', 'who', 'room', 'help', 'ping']);

/** Whether a message was asked with this, or a line at fault: both get one answer. */
export function isAnswered(said: Said): boolean {
  return said.kind === 'message' || said.kind === 'fault';
}

/** What a client has said, up to its quit. `hasEnded`: its stream ends after these bytes. */
export function readSaid(
  bytes: string,
  { maxLineBytes, maxErrors, hasEnded }: { maxLineBytes: number; maxErrors: number; hasEnded: boolean },
): Said[] {
  const all: Said[] = [];
  let faults = 0;
  for (let from = 0; from < bytes.length;) {
    const lf = bytes.indexOf('\n', from);
    if (lf === -1 && !hasEnded) {
      // It may be answered before its end has come.
      const codes = faultsOf(bytes.slice(from).replace(/\r$/, ''), maxLineBytes, false);
      if (codes.length > 0) all.push({ kind: 'fault', codes });
      break;
    }
    const line = bytes.slice(from, lf === -1 ? bytes.length : lf);
    from = lf === -1 ? bytes.length : lf + 1;
    const said =
      lf === -1
        ? ({ kind: 'fault', codes: faultsOf(line, maxLineBytes, true) } as const)
        : readLine(line, maxLineBytes);
    all.push(said);
    if (said.kind === 'quit') break;
    if (said.kind === 'fault' || said.kind === 'refused') faults++;
    if (faults >= maxErrors) break;
  }
  return all;
}

function readLine(line: string, maxLineBytes: number): Said {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  const codes = faultsOf(text, maxLineBytes, false);
  if (codes.length > 0) return { kind: 'fault', codes };
  if (text.toLowerCase() === 'quit') return { kind: 'quit' };
  if (!text.startsWith('/')) return { kind: 'message', text, to: undefined };
  if (text.startsWith('//')) return { kind: 'message', text: text.slice(1), to: undefined };
  const [word, rest = ''] = cut(text.slice(1));
  const verb = word.toLowerCase();
  if (verb === 'quit') return { kind: 'quit' };
  if (verb === 'to') {
    const [to, message] = cut(rest);
    if (to === '' || message === undefined) return { kind: 'fault', codes: ['MESSAGE_MALFORMED'] };
    return { kind: 'message', text: message, to };
  }
  const isTaken =
    COMMANDS.has(verb) || (verb === 'name' && NAME.test(rest)) || (verb === 'join' && ROOM.test(rest));
  return isTaken ? { kind: 'command', verb, rest } : { kind: 'refused' };
}

function faultsOf(text: string, maxLineBytes: number, isPartial: boolean): string[] {
  const codes: string[] = [];
  if (text.length > maxLineBytes) codes.push('FRAME_TOO_LONG');
  if (/[^\t\r\x20-\x7e]/.test(text)) codes.push('FRAME_BAD_BYTE');
  if (text.includes('\r')) codes.push('FRAME_BARE_CR');
  if (isPartial) codes.push('FRAME_INCOMPLETE');
  return codes;
}

function cut(text: string): [string, string?] {
  const at = text.indexOf(' ');
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** The shape of every event, by its verb. */
export const EVENTS: Readonly<Record<string, RegExp>> = {
  WELCOME: /^\d+ \d+ [a-z0-9_-]{1,32} 1$/,
  HERE: /^\d+ \S+ \S+ \d+$/,
  OK: /^$/,
  JOIN: /^\d+ \S+ \S+$/,
  LEAVE: /^\d+ .*$/,
  WAIT: /^\d+ \d+$/,
  TURN: /^\d+$/,
  TURNS: /^\d+ \d+ (?:-|\d+(?:,\d+)*)$/,
  MSG: /^\d+ .*$/,
  SAY: /^.*$/,
  SKIP: /^\d+ .*$/,
  WHO: /^\d+ \S+ \S+ \d+$/,
  END: /^\d+ of \d+$/,
  ROOM: /^[a-z0-9_-]{1,32} (?:strict|fair|free) (?:all|room|self) \d+ \d+ \d+$/,
  PONG: /^.*$/,
  HELP: /^.+$/,
  NAME: /^\d+ [A-Za-z][A-Za-z0-9_-]{0,31}$/,
  ERR: /^[A-Z_]+ .+$/,
  QUIT: /^(?:-|\d+) .*$/,
  BYE: /^.*$/,
};

/** An event's verb and what follows it; `undefined`: the line is no event. */
export function readEvent(line: string): { readonly verb: string; readonly rest: string } | undefined {
  if (!line.startsWith('* ')) return undefined;
  const [verb, rest = ''] = cut(line.slice(2));
  return { verb, rest };
}
