import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { linesFrom, serve } from '../scripted-server.ts';
import { run } from './run.ts';

const WELCOME = '* WELCOME 1 1 main 1\n';

/** Greets, and behind the first line does what is said. */
function afterLine(deed: (socket: Socket) => void): (socket: Socket) => Promise<void> {
  return async (socket) => {
    socket.write(WELCOME);
    for await (const _ of linesFrom(socket)) deed(socket);
  };
}

const bytes =
  (text: string) =>
  (socket: Socket): void =>
    void socket.write(text, 'latin1');

interface Row {
  readonly name: string;
  readonly script: (socket: Socket) => Promise<void> | void;
  /** The client has its line only once it has shown this. @default at once */
  readonly inputAfter?: string;
  readonly code: number;
  readonly line: RegExp;
}

const STRANGERS: readonly Row[] = [
  {
    name: 'an SSH banner',
    script: bytes('SSH-2.0-OpenSSH_9.2p1 \u001b]0;owned\u0007\r\n'),
    code: 76,
    line: /^Cannot talk to this server: expected \* WELCOME\. .*byte 0x1B is not allowed/,
  },
  {
    name: 'a plain SSH banner',
    script: bytes('SSH-2.0-OpenSSH_9.2p1\r\n'),
    code: 76,
    line: /^Cannot talk to this server: expected \* WELCOME, got "SSH-2\.0-OpenSSH_9\.2p1"$/,
  },
  {
    name: 'a greeting of bytes, as MySQL has one',
    script: bytes('J\u0000\u0000\u0000\n8.0.36\u0000'),
    code: 76,
    line: /^Cannot talk to this server: expected \* WELCOME\. .*byte 0x00 is not allowed/,
  },
  {
    name: 'lines of UTF-8',
    script: bytes('gr\u00c3\u00bc\u00c3\u009f dich\n'),
    code: 76,
    line: /^Cannot talk to this server: expected \* WELCOME\. .*byte 0xC3 is not allowed/,
  },
  {
    name: 'bytes without end',
    script: bytes('x'.repeat(100_000)),
    code: 76,
    line: /^Cannot talk to this server: expected \* WELCOME\. .*longer than 1152 bytes/,
  },
  {
    name: 'an end at once',
    script: (socket) => void socket.end(),
    code: 1,
    // It may have ended before the line was read.
    line: /^Cannot (?:get 1 line answered|go on): the server ended the connection without a word\. If it speaks TLS, pass --tls$/,
  },
];

const OURS_GONE_WRONG: readonly Row[] = [
  {
    name: 'an end in mid-line',
    script: afterLine((socket) => void socket.end('HEL')),
    code: 1,
    line: /^Cannot read line from the server: it was cut off after 3 bytes \(at stream offset 24\)$/,
  },
  {
    name: 'an end without goodbye',
    script: afterLine((socket) => void socket.end()),
    code: 1,
    line: /^Cannot go on: the server's stream ended without \* BYE, and 1 line had no answer$/,
  },
  {
    name: 'a reset',
    script: afterLine((socket) => void socket.resetAndDestroy()),
    // What is still unread when a reset comes makes it look like an end: libuv then tells of nothing else.
    inputAfter: WELCOME,
    code: 1,
    line: /^Cannot go on: the server reset the connection$/,
  },
  {
    name: 'a reply over the limit',
    script: afterLine(bytes(`${'X'.repeat(1153)}\n`)),
    code: 76,
    line: /^Cannot read line from the server: it is longer than 1152 bytes \(at stream offset 1173\)$/,
  },
  {
    name: 'an escape byte',
    script: afterLine(bytes('\u001b[2J\u001b]52;c;aGk=\u0007\n')),
    code: 76,
    line: /^Cannot read line from the server: byte 0x1B is not allowed \(at stream offset 21\)$/,
  },
  {
    name: 'an 8-bit escape in an event',
    script: afterLine(bytes('* MSG 2 \u009b2J\nHELLO\n')),
    code: 76,
    line: /^Cannot read line from the server: byte 0x9B is not allowed \(at stream offset 29\)$/,
  },
  {
    name: 'a server that is full',
    script: (socket) => void socket.end('* ERR SERVER_FULL Cannot let you in: 3 are here\n* BYE full\n'),
    code: 1,
    line: /^Cannot get 1 line answered: the server ended the connection and said "full"$/,
  },
];

/** Everything on stderr that is no event. */
const complaints = (err: string): string[] =>
  err.split('\n').filter((line) => line !== '' && !/^\* [A-Z]/.test(line));

test.concurrent.each([...STRANGERS, ...OURS_GONE_WRONG])(
  'proto-client: $name is one line, escaped, and $code',
  async ({ script, code, line, inputAfter = '' }) => {
    await using server = await serve(script);
    const outcome = await run([`:${server.port}`], { input: 'hello\n', inputAfter });
    expect(complaints(outcome.err)).toEqual([expect.stringMatching(line)]);
    expect(outcome).toMatchObject({ code, out: '' });
    expect(outcome.err).toMatch(/^[\x20-\x7e\n]*$/);
  },
);

test.concurrent.each(STRANGERS)(
  'proto-client load: $name is one line, escaped, and 76',
  async ({ script }) => {
    await using server = await serve(script);
    const { code, out, err } = await run(['load', '--lines', '1', '--timeout-ms', '5000', `:${server.port}`]);
    expect(complaints(err)).toEqual([expect.stringMatching(/^Cannot talk to this server: [\x20-\x7e]+$/)]);
    expect({ code, out }).toEqual({ code: 76, out: '' });
  },
);

test('proto-client: a web server is one line and 76', async () => {
  const web = createServer((_, response) => response.end('<html>'));
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  const { code, out, err } = await run([`:${(web.address() as AddressInfo).port}`], { input: 'hello\n' });
  web.close();
  expect({ code, out }).toEqual({ code: 76, out: '' });
  expect(err).toMatch(
    /^Cannot talk to this server: expected \* WELCOME, got "HTTP\/1\.1 400 Bad Request"\n$/,
  );
});

// An empty label makes a name that is looked up nowhere: no resolver is asked, and none can be slow.
test.each<[string, readonly string[], RegExp]>([
  [
    'a name that does not resolve',
    ['nobody..invalid'],
    /^Cannot connect to nobody\.\.invalid:6677: the name does not resolve/,
  ],
  ['an escape in a name', ['a\u001bb..invalid'], /^Cannot connect to a\\x1bb\.\.invalid:6677: /],
  [
    'a path where nothing is',
    ['--socket', '/no/such/socket'],
    /^Cannot connect to \/no\/such\/socket: there is no such socket\. /,
  ],
])('proto-client: %s is one line and 69', async (_, argv, line) => {
  const { code, out, err } = await run(argv, { input: 'hello\n' });
  expect({ code, out }).toEqual({ code: 69, out: '' });
  expect(complaints(err)).toEqual([expect.stringMatching(line)]);
});
