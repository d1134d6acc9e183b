import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ENTRY_FORMAT, readEntry } from '../../../src/cluster/entry.ts';
import { RULES } from '../../../src/room/rules.ts';
import { conversations } from './conversations.ts';
import { type Conversation, type Hashes, replay } from './replay.ts';

/** What was made of the recorded conversations when they were recorded. */
export interface Recorded {
  readonly format: number;
  readonly rules: number;
  /** The records in them, by type: a release that doesn't know one can't read its entry. */
  readonly records: readonly string[];
  readonly hashes: Readonly<Record<string, Hashes>>;
}

/** One conversation a line, as JSON. */
const CONVERSATIONS = fileURLToPath(new URL('conversations.jsonl', import.meta.url));
const HASHES = fileURLToPath(new URL('hashes.json', import.meta.url));

export const AGAIN = 'node scripts/rules.mjs';

export function recordedConversations(): Conversation[] {
  if (!existsSync(CONVERSATIONS)) return [];
  const lines = readFileSync(CONVERSATIONS, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Conversation);
}

export function recorded(): Recorded {
  return JSON.parse(readFileSync(HASHES, 'utf8')) as Recorded;
}

/** What this release makes of conversations. */
export function made(of: readonly Conversation[]): Recorded {
  const hashes = Object.fromEntries(of.map((each) => [each.name, replay(each)]));
  const types = of.flatMap(({ entries }) => entries).flatMap(typesIn);
  return { format: ENTRY_FORMAT, rules: RULES, records: [...new Set(types)].toSorted(), hashes };
}

function typesIn(entry: string): string[] {
  const read = readEntry(entry);
  return 'records' in read ? read.records.map(({ type }) => type) : [];
}

/** What is wrong with a release that makes `now` of what was recorded as `then`, and what to do; `undefined`: nothing. */
export function whyNot(then: Recorded, now: Recorded): string | undefined {
  const changed = (what: keyof Hashes): string[] =>
    Object.keys(then.hashes).filter((name) => then.hashes[name]?.[what] !== now.hashes[name]?.[what]);
  const fresh = now.records.filter((type) => !then.records.includes(type)).map((type) => `a record ${type}`);
  return (
    judged(changed('records'), {
      what: 'read otherwise',
      number: 'ENTRY_FORMAT in apps/server/src/cluster/entry.ts',
      was: then.format,
      now: now.format,
    }) ??
    judged([...changed('outcomes'), ...fresh], {
      what: 'new, or with other outcomes, or another state',
      number: 'RULES in apps/server/src/room/rules.ts',
      was: then.rules,
      now: now.rules,
    })
  );
}

interface Judged {
  readonly what: string;
  readonly number: string;
  readonly was: number;
  readonly now: number;
}

function judged(changed: readonly string[], { what, number, was, now }: Judged): string | undefined {
  if (changed.length === 0) {
    if (was === now) return undefined;
    return `Nothing is ${what}, and ${number} is ${now}, no longer ${was}: servers of two releases that are alike could not share rooms. Put it back`;
  }
  if (now > was) return undefined;
  const which = changed.slice(0, 3).map((name) => `"${name}"`);
  return `${changed.length} recorded conversations are ${what}: ${which.join(', ')}. If you mean that, raise ${number} above ${was}, and run ${AGAIN}`;
}

/** Records what is new, or may change. Throws if something may not. Says what it wrote. */
export function record(): string {
  const old = existsSync(HASHES) ? recorded() : undefined;
  const isOther = old !== undefined && old.format !== ENTRY_FORMAT;
  const kept = isOther ? [] : recordedConversations();
  const names = new Set(kept.map(({ name }) => name));
  const all = [...kept, ...conversations().filter(({ name }) => !names.has(name))];
  const now = made(all);
  const why = old && whyNot(old, now);
  if (why !== undefined) throw new Error(why);
  writeFileSync(CONVERSATIONS, all.map((each) => `${JSON.stringify(each)}\n`).join(''));
  writeFileSync(HASHES, `${JSON.stringify(now, undefined, 2)}\n`);
  return `${all.length} conversations, ${all.length - kept.length} of them new; rules ${now.rules}, format ${now.format}`;
}
