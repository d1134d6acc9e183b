import { describe, expect, test } from 'vitest';
import { Telnet } from '../../src/door/telnet.ts';
import { CTRL_C, CTRL_C_ANSWER, PUTTY, PUTTY_ANSWERS, SIZE } from './telnet.ts';

/** What is left, and what is answered, if it comes in these pieces. */
function taken(...pieces: string[]): { rest: string; replies: string; commands: number } {
  const telnet = new Telnet();
  const rest = pieces.map((piece) => telnet.read(Buffer.from(piece, 'latin1')).toString('latin1')).join('');
  return { rest, replies: telnet.takeReplies(), commands: telnet.takeCommands() };
}

describe('Telnet', () => {
  test.each([
    { name: 'text', wire: 'abc', rest: 'abc', replies: '', commands: 0 },
    { name: 'the options of PuTTY', wire: `${PUTTY}abc`, rest: 'abc', replies: PUTTY_ANSWERS, commands: 7 },
    { name: 'Ctrl-C in a line', wire: `a${CTRL_C}b`, rest: 'ab', replies: CTRL_C_ANSWER, commands: 2 },
    { name: 'a window', wire: `a${SIZE}b`, rest: 'ab', replies: '', commands: 1 },
    {
      name: 'refusals, which need no answer',
      wire: '\xff\xfc\x01\xff\xfe\x03',
      rest: '',
      replies: '',
      commands: 2,
    },
    { name: 'a doubled 0xFF', wire: 'a\xff\xffb', rest: 'a\xffb', replies: '', commands: 0 },
    { name: '0xFF before text', wire: 'a\xffb', rest: 'a\xffb', replies: '', commands: 0 },
    { name: '0xFF before a line feed', wire: '\xff\nb', rest: '\xff\nb', replies: '', commands: 0 },
  ])('Telnet: $name, at every cut', ({ wire, rest, replies, commands }) => {
    const want = { rest, replies, commands };
    expect(taken(wire)).toEqual(want);
    expect(taken(...wire.split(''))).toEqual(want);
    for (let cut = 1; cut < wire.length; cut++)
      expect(taken(wire.slice(0, cut), wire.slice(cut))).toEqual(want);
  });

  test('Telnet: another one goes on from what is at hand, at every cut', () => {
    const wire = `a${PUTTY}b${SIZE}${CTRL_C}c`;
    for (let cut = 0; cut <= wire.length; cut++) {
      const [first, second] = [new Telnet(), new Telnet()];
      const rest = [first.read(Buffer.from(wire.slice(0, cut), 'latin1'))];
      rest.push(
        second.read(Buffer.concat([first.unread(Buffer.of()), Buffer.from(wire.slice(cut), 'latin1')])),
      );
      expect(Buffer.concat(rest).toString('latin1')).toBe('abc');
    }
  });

  test('Telnet: what one has left reads the same to another: no byte 0xFF in it begins a command', () => {
    for (const rest of ['a\xff\xfab', '\xff', 'a\xff\xff\xf0b', '\xff\n']) {
      const [first, second] = [new Telnet(), new Telnet()];
      const wire = Buffer.from(`${rest.replaceAll('\xff', '\xff\xff')}\xff\xfa`, 'latin1');
      const left = second.read(first.unread(first.read(wire)));
      expect(left.toString('latin1')).toBe(rest);
      expect(second.read(Buffer.from('x\xff\xf0y', 'latin1')).toString('latin1')).toBe('y');
    }
  });
});
