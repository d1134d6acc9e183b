import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { expectTranscript } from '../../src/expect/expect.ts';
import { linesFrom, serve } from '../scripted-server.ts';
import { standStill } from '../stand-still.ts';

const folder = mkdtempSync(join(tmpdir(), 'expect-'));
afterAll(() => rmSync(folder, { recursive: true }));

const WELCOME = '* WELCOME 1 1 main 1\n';

/** Answers what `answers` says, the end of the stream with the end, and a ping with its pong. */
function answering(answers: Record<string, string>): (socket: Socket) => Promise<void> {
  return async (socket) => {
    socket.write(answers[''] ?? WELCOME);
    for await (const line of linesFrom(socket)) {
      if (line.startsWith('/ping ')) socket.write(`* PONG ${line.slice(6)}\n`);
      else socket.write(answers[line] ?? '', 'latin1');
    }
    socket.end();
  };
}

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(
  source: string,
  script: (socket: Socket) => Promise<void> | void,
  silenceMs = 60_000,
): Promise<Outcome> {
  const file = join(folder, 'it.txt');
  writeFileSync(file, source);
  await using server = await serve(script);
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const { port } = server;
  const code = await expectTranscript(
    { host: '127.0.0.1', port, timeoutMs: 60_000, file, maxLineBytes: 1024, silenceMs },
    { output, errors },
  );
  output.end();
  errors.end();
  const plain = (shown: string): string => shown.replaceAll(file, 'it.txt').replaceAll(`:${port}`, ':PORT');
  return { code, out: plain(await text(output)), err: plain(await text(errors)) };
}

test('expectTranscript: ends with 0 where nothing differs, and says how much was held', async () => {
  const source = '<* WELCOME {text}\n> a\n< A\nends\nclosed\n';
  expect(await run(source, answering({ a: 'A\n' }))).toEqual({
    code: 0,
    out: 'it.txt: 3 lines as expected\n',
    err: '',
  });
});

test('expectTranscript: shows a diff where something differs, says how the server is to be started, and ends with 1', async () => {
  const source = 'server --order free\n1 connects\n1 <* WELCOME {text}\n1 > a\n1 < A\n1 ends\n1 closed\n';
  expect(await run(source, answering({ a: 'a\n' }))).toEqual({
    code: 1,
    out: [
      '--- it.txt',
      '+++ 127.0.0.1:PORT',
      '@@ -2,6 +2,6 @@',
      ' 1 connects',
      ' 1 <* WELCOME {text}',
      ' 1 > a',
      '-1 < A',
      '+1 < a',
      ' 1 ends',
      ' 1 closed',
      '',
    ].join('\n'),
    err: 'Cannot pass it.txt: the server differs in 1 place. It is for a server started with: --order free\n',
  });
});

test('expectTranscript: reads what has arrived before it calls a server silent, where the process stood still', async () => {
  const script = async (socket: Socket): Promise<void> => {
    socket.write(WELCOME);
    for await (const line of linesFrom(socket)) {
      socket.write(line === 'a' ? 'A\n' : `* PONG ${line.slice(6)}\n`);
      if (line !== 'a') standStill(1500);
    }
  };
  const { code, out } = await run('<* WELCOME {text}\n> a\n< A\n', script, 1000);
  expect({ code, out }).toEqual({ code: 0, out: 'it.txt: 2 lines as expected\n' });
});

test.each<[string, Record<string, string>, string]>([
  ['an escape byte', { a: '\u001b[2J\n' }, 'Cannot read frame: byte 0x1B is not allowed'],
  ['a line over the limit', { a: 'x'.repeat(1153) }, 'Cannot read frame: it is longer than 1152 bytes'],
  ['half a line', { a: 'half' }, 'nothing arrived for 1000 ms'],
])('expectTranscript: ends with 1 at %s, and nothing of it reaches the terminal', async (_, answers, why) => {
  const { code, out, err } = await run('<* WELCOME {text}\n> a\n< A\n', answering(answers), 1000);
  expect(code).toBe(1);
  expect(out).toContain(`+# client 1: `);
  expect(out).toContain(why);
  expect(out + err).toMatch(/^[\x20-\x7e\n]*$/);
  expect(err).toContain('nothing was played after line 2 of 3');
});

test('expectTranscript: ends with 1 when the server resets the connection', async () => {
  const script = async (socket: Socket): Promise<void> => {
    socket.write(WELCOME);
    for await (const _ of linesFrom(socket)) socket.resetAndDestroy();
  };
  const { code, out } = await run('<* WELCOME {text}\n> a\n< A\n', script);
  expect(code).toBe(1);
  expect(out).toMatch(/\+# client 1: .*ECONNRESET/);
});

test.each([
  ['nonsense', 'Cannot read transcript it.txt: line 1 is not a step\n'],
  ['1 > a', 'Cannot read transcript it.txt: in line 1 client 1 is not connected\n'],
])('expectTranscript: ends with 66 at a file that is no transcript: %s', async (source, err) => {
  expect(await run(source, () => {})).toEqual({ code: 66, out: '', err });
});

test('expectTranscript: ends with 66 at a file that is not there', async () => {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const options = { host: '127.0.0.1', port: 1, timeoutMs: 1, maxLineBytes: 1, silenceMs: 1 };
  const code = await expectTranscript({ ...options, file: 'not\u001bthere' }, { output, errors });
  errors.end();
  expect(code).toBe(66);
  expect(await text(errors)).toBe('Cannot read transcript not\\x1bthere: there is no such file\n');
});
