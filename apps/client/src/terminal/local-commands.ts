import { COMMANDS, type CommandHelp, nearest } from '@proto/protocol';
import type { Lab } from '../lab/lab.ts';
import { failure, notice, type Shown } from './wording.ts';

/** The commands that this terminal executes itself. They are never sent. */
export const LOCAL_COMMANDS: readonly CommandHelp[] = [
  {
    verb: 'xray',
    usage: '/xray [on|off|json|legend|start|wall]',
    does: 'show each chunk and the frames in it',
  },
  { verb: 'fault', usage: '/fault [NAME [N]|off]', does: 'break something on purpose' },
];

/** Executes a line that is a command of this terminal, and returns what to show. `undefined`: send the line. */
export function obey(line: string, lab: Lab): readonly Shown[] | undefined {
  const words = /^\/(fault|xray)(?: (.*))?$/i.exec(line);
  if (words === null) return undefined;
  const rest = words[2] ?? '';
  const { kind, lines } = words[1]!.toLowerCase() === 'fault' ? lab.fault(rest) : lab.xray(rest);
  if (kind === 'legend') return lines.map((text) => ({ tone: 'xray', text }));
  return lines.map(kind === 'wrong' ? failure : notice);
}

/** A word about a command that the server doesn't know, if it is nearly one of this terminal. */
export function localMeant(line: string): readonly Shown[] {
  const written = /^\/[a-z]+(?= |$)/i.exec(line)?.[0].toLowerCase() ?? '';
  if (VERBS.includes(written.slice(1))) return [];
  const meant = nearest(
    written,
    LOCAL_COMMANDS.map(({ verb }) => `/${verb}`),
    '/',
  );
  return meant === '' ? [] : [notice(`this terminal has no ${written}.${meant}`)];
}

/** What `/help` shows in addition to the server's list. */
export function localHelp(): readonly Shown[] {
  return LOCAL_COMMANDS.map(({ usage, does }) => notice(`${usage}: ${does}`));
}

/** Every verb that can be typed, in alphabetical order. */
export const VERBS: readonly string[] = [...COMMANDS, ...LOCAL_COMMANDS]
  .map(({ verb }) => verb)
  .toSorted((a, b) => (a < b ? -1 : 1));
