import { MessageReader, writeLine } from '@proto/watch';
import { expect, test } from 'vitest';
import { Heard } from '../../src/net/heard.ts';
import { hello, tick } from '../model/told.ts';

test('Heard: what it keeps is a recording', () => {
  const heard = new Heard();
  heard.keep(writeLine(hello()) + writeLine(tick(1)), 1);
  heard.keep(writeLine(tick(2)), 2);
  expect(new MessageReader().push(heard.text)).toEqual({
    messages: [hello(), tick(1), tick(2)],
    damages: [],
  });
});

test('Heard: a session that is too long ends with a line that says so', () => {
  const heard = new Heard();
  heard.keep(writeLine(hello()), 0);
  for (let t = 1; t < 20; t++) heard.keep(`${' '.repeat(1_000_000)}\n`, t);
  expect(heard.text.length).toBeLessThan(17_000_000);
  expect(heard.text.trimEnd().split('\n').at(-1)).toBe(
    '{"k":"stopped","t":17,"why":"a page keeps at most 16777216 characters"}',
  );
});
