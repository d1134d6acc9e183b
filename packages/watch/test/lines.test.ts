import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Message, MessageReader, MOST_LINE_UNITS, writeLine } from '../src/index.ts';
import { anyMessage } from './samples.ts';

/** Text cut at these shares of its length. */
function cutAt(text: string, cuts: readonly number[]): string[] {
  const at = cuts.map((cut) => Math.floor(cut * text.length)).toSorted((a, b) => a - b);
  return [...at, text.length].map((end, index) => text.slice(at[index - 1] ?? 0, end));
}

function plain(message: Message): unknown {
  return JSON.parse(JSON.stringify(message));
}

const warning = (text: string): Message => ({ k: 'warning', t: 1.5, text });

describe('MessageReader', () => {
  it('MessageReader: gives what was written, however the text is cut', () => {
    fc.assert(
      fc.property(
        fc.array(anyMessage, { maxLength: 8 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
        (messages, cuts) => {
          const reader = new MessageReader();
          const got = cutAt(messages.map(writeLine).join(''), cuts).map((text) => reader.push(text));
          got.push(reader.end());
          expect(got.flatMap(({ damages }) => damages)).toEqual([]);
          expect(got.flatMap((read) => read.messages)).toEqual(messages.map(plain));
        },
      ),
    );
  });

  it('MessageReader: says which line is damaged, and goes on behind it', () => {
    const reader = new MessageReader();
    const wire = `${writeLine(warning('a'))}{"k":"warn\n\n{"k":"warning","t":-1,"text":"b"}\n${writeLine(warning('c'))}`;
    const { messages, damages } = reader.push(wire);
    expect(messages).toEqual([warning('a'), warning('c')]);
    expect(damages).toEqual([
      { line: 2, text: 'Line 2 is damaged: this is not JSON' },
      { line: 4, text: 'Line 4 is damaged: k warning: expected t: a number from 0' },
    ]);
    expect(reader.end()).toEqual({ messages: [], damages: [] });
  });

  it('MessageReader: passes over a kind that it does not know', () => {
    const reader = new MessageReader();
    const { messages, damages } = reader.push(`{"k":"weather","t":0}\n${writeLine(warning('a'))}`);
    expect({ messages, damages }).toEqual({ messages: [warning('a')], damages: [] });
  });

  it('MessageReader: says that the last line was cut off; a whole one without its end counts', () => {
    const cut = new MessageReader();
    cut.push(writeLine(warning('a')) + writeLine(warning('b')).slice(0, 9));
    expect(cut.end()).toEqual({
      messages: [],
      damages: [{ line: 2, text: 'Line 2 is cut off: the text ends within it' }],
    });
    const whole = new MessageReader();
    whole.push(writeLine(warning('a')).trimEnd());
    expect(whole.end()).toEqual({ messages: [warning('a')], damages: [] });
  });

  it('MessageReader: keeps nothing of a line that is too long, and goes on behind it', () => {
    const reader = new MessageReader();
    for (let i = 0; i < 3; i++)
      expect(reader.push('x'.repeat(MOST_LINE_UNITS))).toEqual({ messages: [], damages: [] });
    const { messages, damages } = reader.push(`\n${writeLine(warning('a'))}`);
    expect(messages).toEqual([warning('a')]);
    expect(damages).toEqual([
      { line: 1, text: `Line 1 is damaged: it is longer than ${MOST_LINE_UNITS} characters` },
    ]);
    reader.push('x'.repeat(MOST_LINE_UNITS + 1));
    expect(reader.end().damages).toEqual([{ line: 3, text: 'Line 3 is cut off: the text ends within it' }]);
  });

  it('MessageReader: another version is one sentence, and nothing behind it is believed', () => {
    const reader = new MessageReader();
    const { messages, damages } = reader.push(
      `{"k":"hello","v":2}\n${writeLine(warning('a'))}garbage\n{"k":"hello","v":2}\n`,
    );
    expect(messages).toEqual([]);
    expect(damages.map(({ text }) => text)).toEqual([
      'Line 1 cannot be read: the format has version 2, and this program reads only version 1',
    ]);
  });
});
