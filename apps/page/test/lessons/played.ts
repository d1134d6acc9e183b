import { readdirSync, readFileSync } from 'node:fs';
import { type Message, MessageReader } from '@proto/watch';
import { Facts } from '../../src/model/facts.ts';
import type { ClientFact, Told } from '../../src/model/shapes.ts';
import type { Why } from '../../src/model/scene.ts';
import { why } from '../../src/model/why.ts';
import type { Lesson } from '../../stage/lesson.ts';

const FOLDER = new URL('../../lessons/', import.meta.url);

/** The scripts of the lessons, in order. */
export const SCRIPTS: readonly string[] = readdirSync(FOLDER)
  .filter((name) => /^\d\d-.*\.ts$/.test(name))
  .toSorted();

/** The text of a file of the lessons. */
export function fileText(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8');
}

/** What a script plays. */
export async function lessonOf(script: string): Promise<Lesson> {
  const { lesson } = (await import(/* @vite-ignore */ new URL(script, FOLDER).href)) as { lesson: Lesson };
  return lesson;
}

/** A recorded lesson. */
export interface Played {
  readonly messages: readonly Message[];
  readonly damages: readonly string[];
  readonly facts: Facts;
  readonly captions: readonly Told<'caption'>[];
}

/** Reads the recording of a lesson. */
export function played(number: number): Played {
  const reader = new MessageReader();
  const read = [reader.push(fileText(`${number}.jsonl`)), reader.end()];
  const messages = read.flatMap((one) => one.messages);
  const facts = new Facts();
  for (const message of messages) facts.take(message);
  return {
    messages,
    damages: read.flatMap((one) => one.damages.map(({ text }) => text)),
    facts,
    captions: messages.filter((message) => message.k === 'caption'),
  };
}

/** The bytes that the server had read from a client, or written to it, by a moment. */
export function bytesBy(
  { messages }: Played,
  { c, d, t }: { readonly c?: number; readonly d: 'read' | 'write'; readonly t: number },
): string {
  const chunks = messages.filter((message) => message.k === 'chunk');
  return chunks
    .filter((chunk) => chunk.d === d && chunk.t <= t && (c === undefined || chunk.c === c))
    .map(({ b }) => b)
    .join('');
}

/** The headline at a moment, as text. */
export function headline({ facts }: Played, t: number): string {
  const { head, more }: Why = why(facts, 'main', t);
  const parts = head.map((part) => (typeof part === 'string' ? part : `client ${part.seat}`));
  return `${parts.join('')} ${more}`;
}

/** A client of a lesson. */
export function client({ facts }: Played, c: number): ClientFact {
  const found = facts.clients.get(c);
  if (found === undefined) throw new Error(`Client ${c} is not in the recording`);
  return found;
}
