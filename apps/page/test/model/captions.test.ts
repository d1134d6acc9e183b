import { expect, test } from 'vitest';
import { captionBeside, captionNumber, isAtCaption } from '../../src/model/captions.ts';
import { factsOf, hello, tick } from './told.ts';

const lesson = {
  k: 'lesson',
  t: 0,
  number: 3,
  title: 'Cut',
  try: 'Cut a line.',
  flags: ['--order', 'free'],
} as const;
const caption = (t: number, text: string, c?: number) =>
  ({ k: 'caption', t, text, ...(c && { c }) }) as const;

const { captions } = factsOf(
  hello(),
  lesson,
  caption(10, 'a'),
  caption(20, 'b', 2),
  caption(40, 'c'),
  tick(60),
);

test('Facts: a lesson and its captions are kept with their times', () => {
  const facts = factsOf(caption(0, 'too early'), hello(), lesson, caption(10, 'a'), caption(20, 'b', 2));
  expect(facts.lesson).toMatchObject({
    number: 3,
    title: 'Cut',
    try: 'Cut a line.',
    flags: ['--order', 'free'],
  });
  expect(facts.captions).toMatchObject([
    { t: 10, text: 'a' },
    { t: 20, text: 'b', c: 2 },
  ]);
});

test.each([
  [0, 0, undefined, 'a'],
  [10, 1, undefined, 'b'],
  [15, 1, undefined, 'b'],
  [20, 2, 'a', 'c'],
  [39.9, 2, 'a', 'c'],
  [40, 3, 'b', undefined],
  [60, 3, 'b', undefined],
])('captions: at %d, number %d is shown, with %s before and %s after it', (t, number, before, after) => {
  expect(captionNumber(captions, t)).toBe(number);
  expect(captionBeside(captions, t, -1)?.text).toBe(before);
  expect(captionBeside(captions, t, 1)?.text).toBe(after);
});

test('isAtCaption: only at the moment of a caption', () => {
  expect([0, 10, 10.1, 20, 40, 60].map((t) => isAtCaption(captions, t))).toEqual([
    false,
    true,
    false,
    true,
    true,
    false,
  ]);
});
