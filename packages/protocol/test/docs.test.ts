import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  COMMANDS,
  DEFAULT_LINE_BYTES,
  ERROR_CODES,
  EVENT_OVERHEAD_BYTES,
  EVENT_VERBS,
  PROTOCOL_VERSION,
  TOLD_CLIENTS,
} from '../src/index.ts';

const doc = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

/** The first column of each row of the table under a heading. */
function rows(heading: string): string[][] {
  const section = doc.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.slice(2, -2).split(' | '));
}

describe('docs/protocol.md', () => {
  test('docs: the table of errors is the table of codes, each with its kind', () => {
    const documented = Object.fromEntries(rows('Errors').map(([code, kind]) => [code?.slice(1, -1), kind]));
    expect(documented).toEqual(ERROR_CODES);
  });

  test('docs: the table of events names every verb once, in the order of the code', () => {
    const documented = rows('From server to client').map(([event]) => event?.match(/^`\* ([A-Z]+)/)?.[1]);
    expect(documented).toEqual(EVENT_VERBS);
  });

  test('docs: the table of commands names every verb', () => {
    const documented = rows('From client to server').flatMap(([line]) =>
      [...(line ?? '').matchAll(/`\/([a-z]+)/g)].map((match) => match[1]),
    );
    expect([...new Set(documented)].toSorted()).toEqual(COMMANDS.map(({ verb }) => verb).toSorted());
  });

  test('docs: the version and the lengths of lines are those of the code', () => {
    expect(doc).toContain(`# The line protocol, version ${PROTOCOL_VERSION}`);
    expect(doc).toContain(`(\`maxLineBytes\`, ${DEFAULT_LINE_BYTES.toLocaleString('en')} unless`);
    expect(doc).toContain(`rooms of more than ${TOLD_CLIENTS}`);
    expect(doc).toContain(`at most \`maxLineBytes\` + ${EVENT_OVERHEAD_BYTES} bytes long`);
  });
});
