import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

interface Misuse {
  readonly word: string;
  /** What the word is not for. */
  readonly for: string;
  /** How that looks, in text without line breaks. */
  readonly looks: RegExp;
  /** What it has to find. */
  readonly example: string;
  /** Where alone it is looked for. */
  readonly within?: string;
}

/** Uses against the glossary of docs/architecture.md, where text can show them. */
const MISUSES: readonly Misuse[] = [
  {
    word: 'turn',
    for: 'a pass of the event loop',
    looks: /turns? of (?:the |a (?:busy )?)?(?:event )?loop|loop(?:'s|s)? turns?\b/i,
    example: 'a turn of the event loop',
  },
  {
    word: 'room',
    for: 'capacity, as a symbol',
    looks: /\bhasRoom\b|\bRoomWaiters\b|(?:[qQ]ueue|[oO]utbox|[oO]utgoing|sink)\.room\b/,
    example: 'await queue.room(key)',
  },
  {
    word: 'room',
    for: 'capacity',
    looks:
      /\b(?:wait(?:s|ed)? for|there (?:is|was)(?: no| more)?|makes?|leaves?|ha[sd]|have|no) room\b(?! (?:of|waits))/i,
    example: 'resolves when there is room for more',
  },
  {
    word: 'line',
    for: 'participants with work',
    looks: /\bLine<|\binLine\b|\bin line\b|\bout(?:side)? (?:of )?the line\b/,
    example: 'readonly line: Line<Id, Item>',
    within: 'packages/scheduler/',
  },
  {
    word: 'settle',
    for: 'options',
    looks:
      /\bsettle(?:Rows|Command|\.ts)\b|\bsettl\w+ (?:the )?(?:options|settings)\b|(?:rows|options)\b[^|.]*, settling\b/i,
    example: "import { settle } from './options/settle.ts'",
  },
  {
    word: 'place',
    for: 'where a server is',
    looks: /\b(?:format|parse)Place\b|\bPlace\b[^;]*dial\.ts/,
    example: "import { dial, type Place } from '../dial/dial.ts';",
  },
  {
    word: 'place',
    for: 'where a byte stands',
    looks: /\bplaces? (?:in the stream|of (?:the|their|its) (?:line )?(?:LFs?|ends?|first byte))\b/i,
    example: 'a piece of text with the places of its line ends',
  },
  {
    word: 'place',
    for: 'what a running task occupies',
    looks:
      /\b(?:keeps its|has its|free|becomes?|as) places? (?:until|becomes?|and is not begun)\b|\b[pP]laces?\.?\*\* `concurrency/,
    example: 'starts jobs as places become free',
    within: 'packages/scheduler/',
  },
  {
    word: 'seat',
    for: 'a participant or a member of a group',
    looks: /\bseats?\b/i,
    example: 'participant.seat',
    within: 'packages/scheduler/',
  },
  {
    word: 'share',
    for: 'turns taken at once',
    looks: /\bShare\b|\bshares? for each of those who were served\b/,
    example: 'takeRounds(): Share<Id, Item>[]',
    within: 'packages/scheduler/',
  },
  {
    word: 'fault',
    for: "a programmer's mistake",
    looks: /\b(?:programmer|caller)'s faults?\b/i,
    example: "only a programmer's fault is thrown",
  },
  {
    word: 'fault',
    for: 'a failure to connect',
    looks: /\b[dD]ial-?[fF]ault\b|\bsecureFault\b/,
    example: "from './dial-fault.ts'",
  },
  {
    word: 'fault',
    for: 'an answer of a load run that is wrong or missing',
    looks: /fault/i,
    example: 'this.tally.fault(kind, 1)',
    within: 'apps/client/src/load/',
  },
  {
    word: 'fault',
    for: 'one that is injected, without saying so',
    looks:
      /\b(?:type|interface|class|const|function) (?:[fF]aults?|FAULTS?|is[fF]ault\w*|[fF]ault(?!y)\w+|FAULT_\w+)\b/,
    example: 'export const FAULTS =',
    within: 'apps/client/src/lab/',
  },
];

/** Files of ours with text. A changeset may say what something was called before. */
const files = execFileSync('git', ['ls-files', '*.ts', '*.mjs', '*.cjs', '*.md'], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter(
    (file) => existsSync(file) && !file.startsWith('.changeset/') && file !== 'scripts/test/words.test.ts',
  );

/** A file without line breaks, so that a use is found over the end of a line. */
const texts = new Map(
  files.map((file) => [file, readFileSync(file, 'utf8').replace(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' ')]),
);

/** The words of the glossary. */
const glossary = [
  ...(texts.get('docs/architecture.md') ?? '').matchAll(/\| ([a-z, ]+) \| [^|]+ \| [^|]*\|/g),
].flatMap((row) => row[1]?.split(', ') ?? []);

describe('words', () => {
  test.each(MISUSES)('words: $word: not for $for', ({ looks, within = '' }) => {
    const own = files.filter((file) => file.startsWith(within));
    expect(own.length).toBeGreaterThan(3);
    expect(own.filter((file) => looks.test(texts.get(file) ?? ''))).toEqual([]);
  });

  test.each(MISUSES)('words: $word: for $for it would be found', ({ looks, example }) => {
    expect(example).toMatch(looks);
  });

  test('words: the glossary has each of them, and none twice', () => {
    expect(glossary.length).toBeGreaterThan(20);
    expect(MISUSES.map(({ word }) => word).filter((word) => !glossary.includes(word))).toEqual([]);
    expect(glossary.filter((word, at) => glossary.indexOf(word) !== at)).toEqual([]);
  });
});
