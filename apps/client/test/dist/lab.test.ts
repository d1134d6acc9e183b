import { spawn } from 'node:child_process';
import { LEGEND } from '@proto/xray';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { serve, upper } from '../scripted-server.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

async function run(argv: readonly string[], input: string): Promise<[number, string, string]> {
  const child = spawn(process.execPath, [MAIN, ...argv]);
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return [code as number, out, err];
}

describe('proto-client as a pipe', () => {
  test('proto-client: --xray and --cut: says what is broken and shows it on stderr, replies stay on stdout', async () => {
    await using server = await serve(upper);
    const [code, out, err] = await run(['--xray', '--cut', '2', `:${server.port}`], 'hello\n');
    expect([code, out]).toEqual([0, 'HELLO\n']);
    expect(err).toMatch(
      /^fault cut: cuts each line after byte 2: two writes, 50 ms apart\nx> a chunk written/,
    );
    for (const line of ['x     0  68 65  he', 'x  frame 1 began: "he"', '* BYE end'])
      expect(err).toContain(`\n${line}\n`);
    expect(err).toContain('\nx  frame 1 finished, begun in write 1: "hello"\n');
  });

  test('--xray=json: one object a line for each chunk and each end', async () => {
    await using server = await serve(upper);
    const [, , err] = await run(['--xray=json', `:${server.port}`], 'hello\n');
    const seen = err
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { kind: string; direction: string; bytes?: string });
    const bytes = (direction: string): string =>
      seen.flatMap((each) => (each.direction === direction ? [each.bytes ?? ''] : [])).join('');
    expect(bytes('write')).toBe(Buffer.from('hello\n').toString('hex'));
    expect(bytes('read')).toBe(Buffer.from('* WELCOME 1 1 main 1\nHELLO\n* BYE end\n').toString('hex'));
    expect(seen.filter(({ kind }) => kind === 'end').map(({ direction }) => direction)).toEqual([
      'write',
      'read',
    ]);
  });

  test("proto-client: the chunks of printf 'he'; sleep; printf 'llo\\nwor' in what a server sends", async () => {
    await using server = await serve(async (socket) => {
      socket.write('he');
      await once(socket, 'data');
      socket.end('llo\nwor');
    });
    const child = spawn(process.execPath, [MAIN, '--events', 'off', '--xray', `:${server.port}`]);
    const shown: string[] = [];
    child.stderr.setEncoding('latin1').on('data', (part: string) => {
      if (shown.push(part) && shown.join('').includes('frame 1 began')) child.stdin.end('hi\n');
    });
    await once(child, 'close');
    const reads = shown
      .join('')
      .split('\n')
      .filter((line) => /^x[< ]/.test(line));
    expect(reads.slice(LEGEND.length - 1).map((line) => line.replace(/ at [\d.]+ s/, ''))).toEqual([
      'x< read 1: 2 bytes, 0 to 1',
      'x     0  68 65  he',
      'x  frame 1 began: "he"',
      'x     0  68 69 0a  hi\\n',
      'x  frame 1 whole: "hi"',
      'x< read 2: 7 bytes, 2 to 8',
      'x     2  6c 6c 6f 0a 77 6f 72  llo\\nwor',
      'x  frame 1 finished, begun in read 1: "hello"',
      'x  frame 2 began: "wor"',
      'x< read ended: FIN after 9 bytes',
      'x  frame 2 was cut off after 3 bytes, begun in read 2',
    ]);
  });
});
