import { MessageReader } from '@proto/watch';
import { Facts } from '../model/facts.ts';
import { isFromDisk } from './lessons.ts';
import { begin, session, trouble } from '../state.ts';

/** Opens a recording. Reports what cannot be read, and shows the rest. */
export function openRecording(text: string): void {
  const facts = new Facts();
  const reader = new MessageReader();
  const { messages, damages } = reader.push(text);
  const rest = reader.end();
  for (const message of [...messages, ...rest.messages]) facts.take(message);
  const [first] = [...damages, ...rest.damages];
  const isNone = facts.settings === undefined;
  trouble.value = first?.text ?? (isNone ? 'This file is not a recording: it has no hello.' : '');
  if (!isNone) begin(facts, 'file');
}

/** Opens a file that the user has chosen or dropped. */
export async function openFile(file: File | undefined): Promise<void> {
  if (file !== undefined) openRecording(await file.text());
}

/** The recording embedded in this page, if there is one. */
export function broughtAlong(): string | undefined {
  return document.querySelector('#recording')?.textContent ?? undefined;
}

/** Whether the page follows no server: it came from a disk, or with a recording. */
export const isAlone: boolean = isFromDisk || broughtAlong() !== undefined;

/** Saves a recording as a file, named after its start time `at`. */
export function saveRecording(text: string, at: string = session.peek().at): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/jsonl' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `session-${at.replaceAll(/[:.]/g, '-')}.jsonl`;
  link.click();
  URL.revokeObjectURL(url);
}
