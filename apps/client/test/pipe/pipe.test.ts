import type { Socket } from 'node:net';
import { PassThrough, Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { connect } from '../../src/library/connect.ts';
import type { Later } from '../../src/mode/later.ts';
import { pipe, type PipeOptions } from '../../src/pipe/pipe.ts';
import { linesFrom, serve, settled, upper } from '../scripted-server.ts';

const WELCOME = '* WELCOME 1 1 main 1\n';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the pipe against a script. `input`: chunks, as they come. */
async function run(
  input: Iterable<string> | Readable,
  script: (socket: Socket) => Promise<void> | void = upper,
  options: Partial<PipeOptions> = {},
): Promise<Outcome> {
  await using server = await serve(script);
  const client = await connect({ port: server.port });
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const [out, err] = [text(output), text(errors)];
  const bytes = input instanceof Readable ? input : Readable.from(input, { objectMode: false });
  const code = await pipe(client, { input: bytes, output, errors }, { maxLineBytes: 1024, ...options });
  output.end();
  errors.end();
  return { code, out: await out, err: await err };
}

async function text(stream: Readable): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += String(chunk);
  return all;
}

test('pipe: prints replies on stdout, events on stderr, and ends with 0', async () => {
  expect(await run(['a\nb\n'])).toEqual({
    code: 0,
    out: 'A\nB\n',
    err: '* WELCOME 1 1 main 1\n* BYE end\n',
  });
});

test.each([
  ['a last line without LF', ['a\nb'], 'A\nB\n'],
  ['a last line with half a CRLF', ['a\r\nb\r'], 'A\nB\n'],
  ['lines cut anywhere', ['a', 'b\nc\r', '\nd'], 'AB\nC\nD\n'],
  ['empty lines', ['\n\na\n'], '\n\nA\n'],
  ['nothing', [], ''],
])('pipe: sends %s', async (_, input, out) => {
  expect(await run(input)).toMatchObject({ code: 0, out });
});

test('pipe: says which lines cannot be sent, sends the others, and ends with 1', async () => {
  const { code, out, err } = await run(['a\n\u001bb\nc\n', 'x'.repeat(1025), '\nd\n']);
  expect({ code, out }).toEqual({ code: 1, out: 'A\nC\nD\n' });
  expect(err).toContain(
    'Cannot send line 2 of the input: column 1 is byte 0x1B, and of control bytes, only tabs can be sent. Remove it\n',
  );
  expect(err).toContain(
    'Cannot send line 4 of the input: it is longer than 1024 bytes. If the server takes longer lines, pass --max-line-bytes N\n',
  );
  expect(err).toContain('Cannot get 2 lines answered: not sent, see above\n');
});

const NOT_ASCII =
  'and only ASCII can be sent. Convert the input first, for example with iconv -t ASCII//TRANSLIT';

test.each<[string, string[], string]>([
  ['a letter', ['a\nna\u00efve\n'], `line 2 of the input: column 3 is byte 0xC3, ${NOT_ASCII}`],
  [
    'one in a later chunk',
    ['a\nbc', 'd', 'e\u00efve\n'],
    `line 2 of the input: column 5 is byte 0xC3, ${NOT_ASCII}`,
  ],
  ['one at the beginning', ['\u00ef\n'], `line 1 of the input: column 1 is byte 0xC3, ${NOT_ASCII}`],
  [
    'one behind a tab and CR LF',
    ['a\r\n\tb\u00ef'],
    `line 2 of the input: column 3 is byte 0xC3, ${NOT_ASCII}`,
  ],
  [
    'one whose line ends much later',
    ['a\n\u00ef', 'b', 'c\nd\n'],
    `line 2 of the input: column 1 is byte 0xC3, ${NOT_ASCII}`,
  ],
  ['a lone CR', ['abc\rd\n'], 'line 1 of the input: column 4 is a CR without LF. End lines with LF or CR LF'],
])('pipe: says in which line and column there is %s, and what to do', async (_, input, want) => {
  const { code, err } = await run(input);
  expect(code).toBe(1);
  expect(err).toContain(`Cannot send ${want}\n`);
});

/** An output whose reader goes away after this many writes. */
function closing(writes: number): Writable {
  return new Writable({
    write(_chunk, _encoding, done) {
      done(writes-- > 0 ? null : Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    },
  });
}

/** Runs the pipe with such an output, or error stream; returns what became of it, and what its server saw. */
async function runClosing(
  { output, errors }: { output: Writable; errors: Writable },
  script: (socket: Socket, saw: string[]) => Promise<void>,
  options: Partial<PipeOptions> = {},
): Promise<{ code: number; saw: string[] }> {
  const saw: string[] = [];
  await using server = await serve(async (socket) => {
    const gone = new Promise((resolve) => {
      socket.once('end', () => saw.push('FIN'));
      socket.once('error', () => saw.push('reset'));
      socket.once('close', resolve);
    });
    await script(socket, saw);
    await gone;
  });
  const client = await connect({ port: server.port });
  const input = new PassThrough();
  input.write('a\nb\nc\n');
  const code = await pipe(client, { input, output, errors }, { maxLineBytes: 1024, ...options });
  await settled(() => saw.length);
  return { code, saw };
}

test.each([false, true])(
  'pipe: ends with 0, in order and without a word when nobody reads its output any more, json %s',
  async (json) => {
    const errors = new PassThrough();
    const err = text(errors);
    const { code, saw } = await runClosing({ output: closing(0), errors }, upper, { json });
    errors.end();
    expect({ code, saw }).toEqual({ code: 0, saw: ['FIN'] });
    expect((await err).replaceAll(/^\* .*\n/gm, '')).toBe('');
  },
);

/** Time flies. */
const soon: Later = (_, act) => clearImmediate.bind(null, setImmediate(act));

test('pipe: ends when nobody reads its output, though the server does not', async () => {
  const errors = new PassThrough();
  const err = text(errors);
  const { code, saw } = await runClosing(
    { output: closing(0), errors },
    async (socket, seen) => {
      socket.write(`${WELCOME}A\n`);
      for await (const _ of linesFrom(socket));
      seen.push('no end');
    },
    { later: soon },
  );
  errors.end();
  expect(code).toBe(0);
  expect(saw).toContain('FIN');
  expect((await err).replaceAll(/^waiting: .*\n/gm, '')).toBe(WELCOME);
});

test('pipe: ends with 1 when its last reply cannot be written', async () => {
  const errors = new PassThrough();
  const err = text(errors);
  const output = new Writable({ write: (_chunk, _encoding, done) => done(new Error('disk full')) });
  await using server = await serve(upper);
  const client = await connect({ port: server.port });
  const input = Readable.from(['a'], { objectMode: false });
  const code = await pipe(client, { input, output, errors }, { maxLineBytes: 1024 });
  errors.end();
  expect({ code, err: (await err).replaceAll(/^\* .*\n/gm, '') }).toEqual({
    code: 1,
    err: 'Cannot write the output: disk full\n',
  });
});

test('pipe: goes on when only its error stream is not read any more', async () => {
  const output = new PassThrough();
  const out = text(output);
  const { code } = await runClosing({ output, errors: closing(0) }, async (socket) => {
    socket.write(WELCOME);
    for await (const line of linesFrom(socket)) {
      socket.write(`* SAY ${line}\n${line.toUpperCase()}\n`);
      if (line === 'c') socket.end('* BYE end\n');
    }
  });
  output.end();
  expect({ code, out: await out }).toEqual({ code: 0, out: 'A\nB\nC\n' });
});

test.each<[string, string, number]>([
  ['an ERR that is an answer', '* ERR NO_SEAT no\n', 1],
  ['an ERR that is none', '* ERR UNKNOWN_COMMAND no\nA\n', 1],
  ['none', 'A\n', 0],
])('pipe: strict about answers: with %s %j it ends with %i', async (_, answer, want) => {
  const script = async (socket: Socket): Promise<void> => {
    socket.write(WELCOME);
    for await (const _line of linesFrom(socket)) socket.write(answer);
    socket.end('* BYE end\n');
  };
  const { code, err } = await run(['a\n'], script, { strictAnswers: true });
  expect(code).toBe(want);
  expect(err.includes('Cannot end with 0: the server sent 1 ERR, see above\n')).toBe(want === 1);
  expect((await run(['a\n'], script)).code).toBe(0);
});

test.each([false, true])('pipe: says on the error stream what it waits for, json %s', async (json) => {
  const errors = new PassThrough();
  let err = '';
  const said = new Promise<void>((resolve) => {
    errors.on('data', (chunk) => {
      err += String(chunk);
      if (err.includes('waiting: 1 of 3')) resolve();
    });
  });
  await using server = await serve(async (socket) => {
    socket.write(`${WELCOME}* WAIT 1 3\n`);
    for await (const _ of linesFrom(socket)) break;
    await said;
    socket.end('A\n* BYE end\n');
  });
  const client = await connect({ port: server.port });
  const input = Readable.from(['a\n'], { objectMode: false });
  const streams = { input, output: new PassThrough().resume(), errors };
  expect(await pipe(client, streams, { maxLineBytes: 1024, json, later: soon })).toBe(0);
  expect(err).toContain('waiting: 1 of 3 clients are here; 1 line has no answer yet\n');
});

test('pipe: json: an object for each line, in the order in which they went and came', async () => {
  const script = async (socket: Socket): Promise<void> => {
    socket.write(WELCOME);
    const answers = ['A\u0009\n', '* OK\n* TURN 1\n', '** C\n* ERR NO_SEAT no\n* BYE end\n'];
    for await (const _ of linesFrom(socket)) socket.write(answers.shift() ?? '');
    socket.end();
  };
  const { code, out, err } = await run(['a\n/to 2 b\n', '* c\n/to 9 d\n'], script, { json: true });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const objects = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const { time } of objects) expect(new Date(String(time)).toISOString()).toBe(time);
  const bare = objects.map(({ time: _, ...rest }) => rest);
  expect(bare.filter(({ direction }) => direction === 'sent').map(({ line }) => line)).toEqual([
    'a',
    '/to 2 b',
    '* c',
    '/to 9 d',
  ]);
  expect(bare.filter(({ direction }) => direction === 'received')).toEqual([
    {
      direction: 'received',
      kind: 'event',
      line: '* WELCOME 1 1 main 1',
      event: { verb: 'WELCOME', seat: 1, clients: 1, room: 'main', version: 1 },
    },
    { direction: 'received', kind: 'reply', line: 'A\t' },
    { direction: 'received', kind: 'ok', line: '* OK' },
    { direction: 'received', kind: 'event', line: '* TURN 1', event: { verb: 'TURN', seat: 1 } },
    { direction: 'received', kind: 'reply', line: '* C' },
    {
      direction: 'received',
      kind: 'refused',
      line: '* ERR NO_SEAT no',
      event: { verb: 'ERR', code: 'NO_SEAT', text: 'no' },
    },
    { direction: 'received', kind: 'event', line: '* BYE end', event: { verb: 'BYE', reason: 'end' } },
  ]);
  const sentAt = bare.findIndex(({ line }) => line === 'a');
  expect(sentAt).toBeLessThan(bare.findIndex(({ line }) => line === 'A\t'));
});

test('pipe: ends with 0 after quit, though stdin stays open', async () => {
  const input = new PassThrough();
  input.write('a\nquit\n');
  expect(await run(input)).toMatchObject({ code: 0, out: 'A\n' });
});

test('pipe: shows an ERR answer on stderr: it is an answer', async () => {
  const { code, out, err } = await run(['/to 9 a\nb\n'], async (socket) => {
    socket.write(WELCOME);
    const answers = ['* ERR NO_SEAT nobody has seat 9\n', 'B\n* BYE end\n'];
    for await (const _ of linesFrom(socket)) socket.write(answers.shift()!);
    socket.end();
  });
  expect({ code, out }).toEqual({ code: 0, out: 'B\n' });
  expect(err).toContain('* ERR NO_SEAT nobody has seat 9\n');
});

test.each<[string, number, RegExp, (socket: Socket) => void]>([
  [
    'a line has no answer',
    1,
    /Cannot get 1 line answered: the server ended the connection and said "full"\n$/,
    (s) => s.end('A\n* BYE full\n'),
  ],
  [
    'the stream is cut',
    1,
    /Cannot go on: the server's stream ended without \* BYE, and 1 line had no answer\n$/,
    (s) => s.end('A\n'),
  ],
  [
    'the stream ends in mid-line',
    1,
    /Cannot read line from the server: it was cut off after 4 bytes \(at stream offset \d+\)\n$/,
    (s) => s.end('A\nhalf'),
  ],
  [
    'a reply is over the limit',
    76,
    /Cannot read line from the server: it is longer than 1152 bytes \(at stream offset \d+\)\n$/,
    (s) => void s.write(`A\n${'x'.repeat(1153)}\n`),
  ],
  [
    'a reply holds ESC',
    76,
    /Cannot read line from the server: byte 0x1B is not allowed \(at stream offset \d+\)\n$/,
    (s) => void s.write('A\n\u001b[2J\n'),
  ],
])('pipe: when %s ends with %i and one line that says so', async (_, code, reason, finish) => {
  const outcome = await run(['a\nb\n'], async (socket) => {
    socket.write(WELCOME);
    for await (const line of linesFrom(socket)) if (line === 'b') finish(socket);
  });
  expect(outcome).toMatchObject({ code, out: 'A\n', err: expect.stringMatching(reason) });
});

test.each([
  ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['TLS', '\u0015\u0003\u0001\u0000\u0002\u0002\n'],
])('pipe: ends with 76 when %s is there', async (_, banner) => {
  const { code, out, err } = await run(['a\n'], (socket) => void socket.write(banner, 'latin1'));
  expect({ code, out }).toEqual({ code: 76, out: '' });
  expect(err).toMatch(/^Cannot talk to this server: expected \* WELCOME[\x20-\x7e]+\n$/);
});

test('pipe: ends with 0 when every line was answered and the stream then cut, with a word about it', async () => {
  const { code, err } = await run(['a\n'], async (socket) => {
    socket.write(WELCOME);
    for await (const line of linesFrom(socket)) socket.write(`${line}\n`);
    socket.end();
  });
  expect({ code, err }).toEqual({
    code: 0,
    err: "* WELCOME 1 1 main 1\nCannot go on: the server's stream ended without * BYE\n",
  });
});

test('pipe: ends with 1 when the server leaves before the input is sent', async () => {
  const { code, err } = await run(many(100_000), async (socket) => {
    socket.write(WELCOME);
    for await (const _ of linesFrom(socket)) break;
    socket.end('A\n* BYE full\n');
  });
  expect(code).toBe(1);
  expect(err).toMatch(/\nCannot get \d+ lines answered: the server ended the connection and said "full"\n$/);
});

test('pipe: sends 100,000 lines to a server that answers as it reads', async () => {
  const { code, out } = await run(many(100_000));
  expect(code).toBe(0);
  expect(out === [...many(100_000)].join('').toUpperCase()).toBe(true);
});

test('pipe: stops reading its input while the server does not read', async () => {
  const line = `${'x'.repeat(999)}\n`.repeat(64);
  const total = 800;
  let pulled = 0;
  function* input(): Generator<string> {
    for (; pulled < total; pulled++) yield line;
  }
  let before = 0;
  const { code, out } = await run(input(), async (socket) => {
    await settled(() => pulled);
    before = pulled;
    await upper(socket);
  });
  expect(code).toBe(0);
  expect(out).toHaveLength(total * line.length);
  // The rest is what the kernel takes for both sides: 4 MiB and 6 MiB where nothing else is set.
  expect(before).toBeLessThan(total / 2);
});

function* many(lines: number): Generator<string> {
  for (let i = 0; i < lines; i++) yield `line ${i}\n`;
}
