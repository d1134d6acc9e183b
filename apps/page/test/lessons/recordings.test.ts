import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commandSettings, serverOptions } from '../../../server/src/command/command-options.ts';
import { configure } from '../../../server/src/command/configuration.ts';
import { createServer } from '../../../server/src/index.ts';
import { watchSettings } from '../../../server/src/observe/watch/rows.ts';
import { bytesBy, fileText, lessonOf, played, SCRIPTS } from './played.ts';

/** The lessons of the documentation: their numbers and titles. */
const HEADINGS = readFileSync(new URL('../../../../docs/lessons.md', import.meta.url), 'utf8')
  .split('\n')
  .flatMap((line) => /^## (\d+)\. (.+)$/.exec(line)?.slice(1, 3).join(' ') ?? []);

/** Capitals in a caption that no server has written. */
const WORDS = new Set(['LF', 'CR', 'FIN', 'RST', 'TCP', 'HTTP', 'SMTP']);

test('lessons: there is a recording for each lesson of the documentation', () => {
  expect(HEADINGS.length).toBe(10);
  const titles = HEADINGS.map((_, i) => {
    const lesson = played(i + 1).messages.find((message) => message.k === 'lesson');
    return `${lesson?.number} ${lesson?.title}`;
  });
  expect(titles).toEqual(HEADINGS);
  expect(SCRIPTS.length).toBe(HEADINGS.length);
});

describe.each(SCRIPTS)('the recording of %s', (script) => {
  const number = Number(script.slice(0, 2));
  const recording = played(number);
  const { messages, captions } = recording;
  const session = messages.filter((message) => message.k !== 'hello');
  const end = session.at(-1)!.t;

  test('recording: it reads without damage, and begins with hello, state and its lesson', async () => {
    expect(recording.damages).toEqual([]);
    expect(messages.slice(0, 3).map(({ k }) => k)).toEqual(['hello', 'state', 'lesson']);
    const lesson = await lessonOf(script);
    const { play: _, ...told } = lesson;
    expect(messages[2]).toEqual({ k: 'lesson', t: session[0]!.t, ...told });
  });

  test('recording: it is what its script says now', () => {
    const said = [...fileText(script).matchAll(/caption\(\s*'([^']+)'/g)].map(([, text]) => text);
    expect(captions.map(({ text }) => text)).toEqual(said);
  });

  test('recording: a server started with its flags has the settings of the recorded one', () => {
    const lesson = messages.find((message) => message.k === 'lesson')!;
    const configuration = configure(lesson.flags, {});
    const server = createServer(serverOptions(commandSettings(configuration.options), configuration));
    expect(messages[0]).toMatchObject({
      address: '127.0.0.1:6677',
      why: 'file',
      settings: watchSettings(server),
    });
  });

  test('recording: it is small, lasts 10 to 40 s, and the server was never blocked', () => {
    expect(fileText(`${number}.jsonl`).length).toBeLessThan(60_000);
    expect(end).toBeGreaterThan(10_000);
    expect(end).toBeLessThan(40_000);
    for (const message of messages) if (message.k === 'tick') expect(message.loopMs).toBeLessThan(100);
  });

  test('recording: 4 to 8 captions, in order, each with time to be read before anything else happens', () => {
    expect(captions.length).toBeGreaterThanOrEqual(4);
    expect(captions.length).toBeLessThanOrEqual(8);
    for (const { t, text } of captions) {
      expect(text.length).toBeLessThanOrEqual(180);
      expect(text).toMatch(/[.?]$/);
      const next = session.find(
        ({ k, ...message }) => message.t > t && !['tick', 'rooms', 'people'].includes(k),
      );
      expect((next?.t ?? end) - t).toBeGreaterThanOrEqual(800);
      expect(end).toBeGreaterThan(t);
    }
    const times = session.map((message) => message.t);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(captions.at(-1)!.text).toContain('Remember: ');
  });

  test('recording: a caption names only clients that are there, and bytes that were seen before it', () => {
    for (const { t, text, c } of captions) {
      const joined = messages.filter((message) => message.k === 'join' && message.t < t);
      const named = [...text.matchAll(/Client (\d)/g)].map(([, seat]) => Number(seat));
      expect(joined).toEqual(
        expect.arrayContaining(
          [...named, ...(c === undefined ? [] : [c])].map((one) =>
            expect.objectContaining({ c: one, seat: one }),
          ),
        ),
      );
      const read = bytesBy(recording, { d: 'read', t });
      for (const [, quoted] of text.matchAll(/“([^”]+)”/g)) expect(read).toContain(quoted);
      const written = bytesBy(recording, { d: 'write', t });
      const capitals = [...text.matchAll(/\b[A-Z_]{2,}\b/g)].map(([word]) => word);
      for (const word of capitals) if (!WORDS.has(word)) expect(written).toContain(word);
    }
  });
});
