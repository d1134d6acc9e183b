import { nearest } from '@proto/protocol';
import { ClientError } from '../dial/client-error.ts';

/** What else a first word can be. */
const COMMANDS = ['load'];

/** Words that others take as commands. */
const FLAGS = new Set(['help', 'version']);

/** What somebody meant who wrote this word in place of a host, if it is likely: ` Did you mean load?`. */
export function commandMeant(word: string): string {
  return FLAGS.has(word) ? ` Did you mean --${word}?` : nearest(word, COMMANDS);
}

/** The same for a host that there isn't, after the error that says so. */
export function hostMeant(error: unknown, host: string): string {
  const cause = error instanceof ClientError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  const isNoHost = cause?.code === 'ENOTFOUND' || cause?.code === 'EAI_AGAIN';
  const meant = isNoHost ? commandMeant(host) : '';
  return meant === '' ? '' : `.${meant}`;
}
