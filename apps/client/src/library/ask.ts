import { escape } from '@proto/xray';
import { ClientError } from '../dial/client-error.ts';
import type { Answer } from './conversation.ts';
import { excerpt } from './excerpt.ts';

/** A line whose answer somebody waits for. */
export interface Ask {
  readonly line: string;
  readonly resolve: (text: string) => void;
  readonly reject: (error: ClientError) => void;
}

/** Passes the answer to the caller of `ask`: the reply, the empty text for `* OK`, or `REFUSED` for an `ERR`. */
export function settle({ line, resolve, reject }: Ask, answer: Answer): void {
  if (answer.kind !== 'refused') return resolve(answer.kind === 'reply' ? answer.text : '');
  const text = `Cannot get ${excerpt(line)} answered: ${answer.code}, "${escape(answer.text)}"`;
  reject(new ClientError('REFUSED', text, { answer: answer.code }));
}
