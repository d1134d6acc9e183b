import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeText, linePattern, unescapeText } from '../src/testing/step-text.ts';
import { formatDiff, type Heard, type Peer, play, readTranscript } from '../src/testing/index.ts';

const END: Heard = { kind: 'end' };

/** A client that hears what the test says, and answers each ping where `after` says so. */
class Told implements Peer {
  readonly sent: string[] = [];
  readonly #heard: Heard[];
  readonly #answers: Record<string, readonly string[]>;

  /** `answers`: what a line sets off; `''` what is there from the beginning. */
  constructor(answers: Record<string, readonly string[]>) {
    this.#answers = answers;
    this.#heard = (answers[''] ?? []).map(line);
  }

  send(bytes: string): void {
    this.sent.push(bytes);
    const ping = /^\/ping (.*)\n$/.exec(bytes);
    if (ping !== null && !this.#answers['deaf']) this.#heard.push(line(`* PONG ${ping[1]}`));
    this.#heard.push(...(this.#answers[bytes] ?? []).map(line));
  }

  end(): void {
    this.#heard.push(END);
  }

  vanish(): void {}

  next(): Promise<Heard> {
    return Promise.resolve(this.#heard.shift() ?? { kind: 'none', why: 'nothing for 1 ms' });
  }
}

function line(text: string): Heard {
  return text === 'END' ? END : { kind: 'line', text };
}

const SOURCE = `> go
< A
< B
< C
< D
`;

async function diffOf(source: string, answers: Record<string, readonly string[]>): Promise<string> {
  const transcript = readTranscript(source);
  const diff = formatDiff(transcript, await play(transcript, () => new Told(answers)), {
    transcript: 'a',
    server: 'b',
  });
  return diff.replace(/^--- a\n\+\+\+ b\n/, '');
}

describe('readTranscript', () => {
  test('readTranscript: rows that name no client are client 1, who connects by himself', () => {
    const { steps, flags } = readTranscript(
      '# a\nserver --order free\n\n> hi\r\n<* WELCOME {text}\n2 connects\n',
    );
    expect(flags).toEqual(['--order', 'free']);
    expect(steps.map(({ row, client, verb, bytes }) => [row, client, verb, bytes])).toEqual([
      [3, '1', 'connects', 'hi\n'],
      [3, '1', '>', 'hi\n'],
      [4, '1', '<*', ''],
      [5, '2', 'connects', ''],
    ]);
    expect(steps[2]!.matches('* WELCOME 1 2 main 1')).toBe(true);
    expect(steps[2]!.matches('WELCOME 1 2 main 1')).toBe(false);
  });

  test.each([
    ['1 connects\n1 says hi', 'line 2 is not a step'],
    ['1 > hi', 'in line 1 client 1 is not connected'],
    ['1 connects\n1 connects', 'in line 2 client 1 is already connected'],
    ['1 connects\n1 vanishes\n1 < a', 'in line 3 client 1 is not connected'],
  ])('readTranscript: refuses %j', (source, why) => {
    expect(() => readTranscript(source)).toThrow(new SyntaxError(`Cannot read transcript: ${why}`));
  });
});

describe('linePattern', () => {
  test('linePattern: a kind in braces stands for any text of it', () => {
    const pattern = linePattern('* JOIN {number} - {address} {reason}|{text}');
    expect(pattern.test('* JOIN 22 - 127.0.0.1:5 a b|')).toBe(true);
    expect(pattern.test('* JOIN x - 127.0.0.1:5 a b|')).toBe(false);
    expect(pattern.test('* JOIN 22 - 127.0.0.1:5 |')).toBe(false);
  });

  test('linePattern: of an escaped line matches that line and no other', () => {
    const alphabet = fc.constantFrom(
      'a',
      '\\',
      '{number}',
      '{',
      '.',
      '*',
      'x41',
      '\t',
      '\n',
      '\u001b',
      '\u00ff',
    );
    const text = fc.array(alphabet, { maxLength: 6 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(unescapeText(escapeText(a))).toBe(a);
        expect(linePattern(escapeText(a)).test(b)).toBe(a === b);
        expect(linePattern(escapeText(a)).test(a)).toBe(true);
        expect(escapeText(a)).toMatch(/^[\x20-\x7e]*$/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('play', () => {
  test('play: nothing differs, and what was held is counted', async () => {
    const transcript = readTranscript(SOURCE);
    const told = new Told({ 'go\n': ['A', 'B', 'C', 'D'] });
    expect(await play(transcript, () => told)).toEqual({ held: 4, differences: [] });
    expect(told.sent).toEqual(['go\n', '/ping sync 1\n']);
    expect(await diffOf(SOURCE, { 'go\n': ['A', 'B', 'C', 'D'] })).toBe('');
  });

  test.each([
    [
      'a line that is another',
      ['A', 'x', 'C', 'D'],
      '@@ -1,5 +1,5 @@\n > go\n < A\n-< B\n+< x\n < C\n < D\n',
    ],
    ['a line too many', ['A', 'x', 'B', 'C', 'D'], '@@ -1,5 +1,6 @@\n > go\n < A\n+< x\n < B\n < C\n < D\n'],
    ['a line missing', ['A', 'C', 'D'], '@@ -1,5 +1,4 @@\n > go\n < A\n-< B\n < C\n < D\n'],
    ['two lines swapped', ['A', 'C', 'B', 'D'], '@@ -1,5 +1,5 @@\n > go\n < A\n-< B\n < C\n+< B\n < D\n'],
    ['a line doubled', ['A', 'B', 'B', 'C', 'D'], '@@ -1,5 +1,6 @@\n > go\n < A\n < B\n+< B\n < C\n < D\n'],
    ['the end', ['A', 'END'], '@@ -1,5 +1,3 @@\n > go\n < A\n-< B\n+closed\n-< C\n-< D\n'],
    [
      'nothing more',
      ['A', 'B'],
      '@@ -1,5 +1,5 @@\n > go\n < A\n < B\n-< C\n+# client 1: nothing for 1 ms\n < D\n',
    ],
  ])('play: %s costs itself only', async (_, got, diff) => {
    expect(await diffOf(SOURCE, { 'go\n': got })).toBe(diff);
  });

  test('play: <* takes an event that others come before, and < does not', async () => {
    const answers = { '': ['* JOIN 2 - a:1', '* TURN 1', 'A'] };
    expect(await diffOf('<* TURN {number}\n< A\n', answers)).toBe('');
    expect(await diffOf('< * TURN {number}\n< A\n', answers)).toBe(
      '@@ -1,2 +1,3 @@\n+< * JOIN 2 - a:1\n < * TURN {number}\n < A\n',
    );
    expect(await diffOf('<* TURN 2\n< A\n', answers)).toContain('-<* TURN 2\n');
  });

  test('play: what comes before the end of the stream is too many', async () => {
    const answers = { 'quit\n': ['* BYE quit', 'late', 'END'] };
    expect(await diffOf('> quit\n< * BYE quit\nclosed\n', answers)).toBe(
      '@@ -1,3 +1,4 @@\n > quit\n < * BYE quit\n+< late\n closed\n',
    );
    expect(await diffOf('> quit\n< * BYE quit\n< late\nclosed\n', answers)).toBe('');
  });

  test('play: stops at a server that does not answer the ping behind a line', async () => {
    const transcript = readTranscript('> go\n< A\n');
    const played = await play(transcript, () => new Told({ deaf: ['yes'], 'go\n': ['A'] }));
    expect(played).toMatchObject({ held: 0, stoppedAt: 0 });
    expect(played.differences[0]!.got).toContain('/ping');
  });

  test('play: sends no ping to a server that was told to send no events', async () => {
    const told = new Told({ 'go\n': ['A'] });
    await play(readTranscript('server --events off\n> go\n< A\n'), () => told);
    expect(told.sent).toEqual(['go\n']);
  });

  test('play: what is far apart is shown in hunks whose numbers add up', async () => {
    const letters = 'abcdefghijkl'.split('');
    const source = `> go\n${letters.map((letter) => `< ${letter}\n`).join('')}`;
    const got = letters.flatMap((letter) => (letter === 'b' ? ['b', 'b'] : letter === 'k' ? [] : [letter]));
    const heads = (await diffOf(source, { 'go\n': got })).match(/^@@.*/gm);
    expect(heads).toEqual(['@@ -1,7 +1,8 @@', '@@ -9,5 +10,4 @@']);
  });
});
