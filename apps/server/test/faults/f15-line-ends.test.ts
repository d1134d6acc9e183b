import { lines } from '@proto/codec';
import { expect, test } from 'vitest';
import { memoryServer } from '../peer.ts';
import { figure, size } from './figure.ts';

/** What a stream of a, CR and LF means, told apart by a rule that shares nothing with the decoder. */
function reference(wire: string): readonly string[] {
  return wire
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const content = line.replace(/\r$/, '');
      return content.includes('\r') ? 'bare CR' : `=${content}`;
    });
}

function* strings(most: number): Generator<string> {
  let all = [''];
  for (let length = 1; length <= most; length++) {
    all = all.flatMap((text) => ['a', '\r', '\n'].map((char) => text + char));
    yield* all;
  }
}

test('F15: CR, LF and CRLF are read by one grammar, however they are cut, and written by the same', async () => {
  const { join } = await memoryServer({
    order: 'free',
    maxErrors: 1_000_000,
    transform: (line) => `=${line}`,
  });
  const peer = join();
  await peer.line(/^\* WELCOME/);
  let cuts = 0;
  let differences = 0;
  for (const text of strings(size(4, 8))) {
    for (let at = 0; at < text.length; at++) {
      peer.lines.length = 0;
      peer.raw = '';
      if (at > 0) peer.duplex.write(text.slice(0, at), 'latin1');
      peer.duplex.write(`${text.slice(at)}\nmark\n`, 'latin1');
      await peer.line('=mark');
      const answers = peer.lines.map((line) => (line.startsWith('* ERR FRAME_BARE_CR ') ? 'bare CR' : line));
      const readBack = [...lines({ charset: 'text' }).decoder().push(Buffer.from(peer.raw, 'latin1'))];
      const want = reference(`${text}\nmark\n`);
      const isSame = want.join('|') === answers.join('|');
      const isReadBack = JSON.stringify(readBack) === JSON.stringify(peer.lines);
      if (!isSame || !isReadBack) differences++;
      const seen = { text, at, answers: isSame ? want : answers, readBack };
      expect(seen).toEqual({ text, at, answers: want, readBack: peer.lines });
      cuts++;
    }
  }
  figure({ id: 'F15', what: `differences in ${cuts} cuts`, value: differences, unit: '', atMost: 0 });
});
