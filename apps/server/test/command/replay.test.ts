import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { commandSettings, lessonOf, recordingOf } from '../../src/command/command-options.ts';
import { configure } from '../../src/command/configuration.ts';
import { withReplay } from '../../src/command/replay.ts';

/** The folder of a page whose lessons are these. */
function pageWith(lessons: string | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), 'proto-replay-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  if (lessons !== undefined) writeFileSync(join(folder, 'lessons.json'), lessons);
  return folder;
}

const LESSONS = JSON.stringify([
  { number: 2, title: 'two', try: 'Try.', flags: ['--classic', '--max-errors', '7'] },
  { number: 3, title: 'three', try: 'Try.', flags: ['--clients', '5', '--turn-timeout-ms', '60000'] },
]);

describe('withReplay', () => {
  test('withReplay: a lesson brings the page, its address and its flags, and says where they come from', () => {
    const told = withReplay(configure(['--replay', 'lesson:3'], {}), pageWith(LESSONS));
    const settings = commandSettings(told.options, told.nameOf);
    expect(settings).toMatchObject({
      clients: 5,
      turnTimeoutMs: 60_000,
      http: '127.0.0.1:6678',
      page: 'join',
    });
    expect(told.sourceOf('clients')).toBe('--replay lesson:3');
    expect(told.sourceOf('port')).toBe('default');
    expect([lessonOf(settings.replay), recordingOf(settings)]).toEqual([3, undefined]);
  });

  test('withReplay: what the user says wins, wherever it is said', () => {
    const argv = ['--replay', 'lesson:3', '--clients', '2', '--page', 'watch'];
    const told = withReplay(configure(argv, { PROTO_HTTP: '[::1]:7' }), pageWith(LESSONS));
    expect(told.options).toMatchObject({
      clients: '2',
      page: 'watch',
      http: '[::1]:7',
      turnTimeoutMs: '60000',
    });
    expect(told.sourceOf('clients')).toBe('--clients');
  });

  test('withReplay: a lesson may use a flag that stands for several', () => {
    const told = withReplay(configure([], { PROTO_REPLAY: 'lesson:2' }), pageWith(LESSONS));
    expect(told.options).toMatchObject({ framing: 'chunk', events: 'off', maxErrors: '7' });
    expect(told.sourceOf('framing')).toBe('PROTO_REPLAY lesson:2');
  });

  test('withReplay: a recording needs only an address', () => {
    const told = withReplay(configure(['--replay', './lesson:3'], {}), pageWith(undefined));
    expect(told.options).toEqual({ replay: './lesson:3', http: '127.0.0.1:6678' });
    expect(recordingOf(commandSettings(told.options))).toBe('./lesson:3');
  });

  test.each([undefined, 'no JSON', '[]', '{}', '[{"number":4}]'])(
    'withReplay: lessons that are %s are one clear error',
    (lessons) => {
      const folder = pageWith(lessons);
      expect(() => withReplay(configure(['--replay', 'lesson:4'], {}), folder)).toThrow(
        `Cannot start with replay lesson:4: it is not in ${join(folder, 'lessons.json')}. Build the page, or leave out the option`,
      );
    },
  );

  test('withReplay: a number that no lesson has is left to the check of options', () => {
    const told = withReplay(configure(['--replay', 'lesson:11'], {}), pageWith(LESSONS));
    expect(() => commandSettings(told.options, told.nameOf)).toThrow(
      'Cannot start with --replay lesson:11: expected lesson:1 to lesson:10',
    );
    expect(withReplay(configure(['--replay', 'lesson:4', '--help'], {}), pageWith(undefined)).ask).toBe(
      'help',
    );
  });
});
