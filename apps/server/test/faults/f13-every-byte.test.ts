import { expect, test } from 'vitest';
import { memoryServer } from '../peer.ts';
import { figure } from './figure.ts';

const LF = 0x0a;
const CR = 0x0d;
const text = (byte: number): string => String.fromCharCode(byte);

const POSITIONS: readonly { readonly name: string; readonly wire: (byte: number) => string }[] = [
  { name: 'alone', wire: (byte) => text(byte) },
  { name: 'first', wire: (byte) => `${text(byte)}ab` },
  { name: 'in the middle', wire: (byte) => `a${text(byte)}b` },
  { name: 'last', wire: (byte) => `ab${text(byte)}` },
];

type Judgement = 'accepted' | 'structural' | 'refused';

function expected(byte: number): Judgement {
  if (byte === LF || byte === CR) return 'structural';
  return byte === 0x09 || (byte >= 0x20 && byte <= 0x7e) ? 'accepted' : 'refused';
}

/** What the answers up to the mark say of the byte. A lone CR is refused, and taken as structure before LF. */
function judge(byte: number, answers: readonly string[], wire: string): Judgement | undefined {
  const [only, ...more] = answers;
  if (byte === LF) return answers.join('\n') === `=${wire.replace('\n', '\n=')}` ? 'structural' : undefined;
  if (more.length > 0) return undefined;
  if (byte === CR && only === `=${wire.slice(0, -1)}` && wire.endsWith('\r')) return 'structural';
  // A line that begins with a slash is read as a command: the byte was taken.
  if (only === `=${wire}` || only?.startsWith('* ERR UNKNOWN_COMMAND ')) return 'accepted';
  if (only?.startsWith('* ERR FRAME_BARE_CR ')) return 'structural';
  return only?.startsWith('* ERR FRAME_BAD_BYTE ') ? 'refused' : undefined;
}

test.each(POSITIONS)(
  'F13: every byte, $name: 96 accepted, 2 structural, 158 refused',
  async ({ name, wire }) => {
    const { join } = await memoryServer({
      order: 'free',
      transform: (line) => (line === 'mark' ? 'mark' : `=${line}`),
      maxErrors: 1_000,
    });
    const peer = join();
    await peer.line(/^\* WELCOME/);
    const seen = new Map<Judgement, number>();
    for (let byte = 0; byte < 256; byte++) {
      const from = peer.lines.length;
      peer.duplex.write(`${wire(byte)}\nmark\n`, 'latin1');
      await peer.until(({ lines }) => lines.indexOf('mark', from) > 0);
      const answers = peer.lines.slice(from, -1);
      expect(judge(byte, answers, wire(byte)), `byte ${byte}: ${JSON.stringify(answers)}`).toBe(
        expected(byte),
      );
      seen.set(expected(byte), (seen.get(expected(byte)) ?? 0) + 1);
    }
    expect(Object.fromEntries(seen)).toEqual({ accepted: 96, structural: 2, refused: 158 });
    figure({
      id: 'F13',
      what: `bytes refused, ${name}`,
      value: seen.get('refused') ?? 0,
      unit: '',
      atLeast: 158,
    });
  },
);
