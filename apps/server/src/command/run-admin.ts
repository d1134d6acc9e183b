import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { lines } from '@proto/codec';
import { frames } from '@proto/codec/node';
import { escape } from '@proto/xray';

/** Where an operator types, and where the answers go. */
export interface AdminStreams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable;
}

const EXIT_REFUSED = 1;
const EXIT_USAGE = 64;
const EXIT_UNAVAILABLE = 69;

const USAGE = `proto-server admin PATH [COMMAND...]: tells a server started with --admin PATH what to do
Without a command, it takes one from each line of its input. Try help
Exit codes: 0 done, 1 a command was refused, 64 no path, 69 no server is there
`;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket. Start the server with --admin and this path',
  ECONNREFUSED: 'no server listens on it',
  ENOTSOCK: 'something else is at that path',
  EACCES: 'permission denied: it belongs to another user',
};

/** `proto-server admin`: gives commands to a server. Returns the exit code. */
export async function runAdmin(
  [path, ...words]: readonly string[],
  { stdin, stdout, stderr }: AdminStreams,
): Promise<number> {
  if (path === undefined || path === '' || path === '--help') {
    const isAsked = path === '--help';
    (isAsked ? stdout : stderr).write(USAGE);
    return isAsked ? 0 : EXIT_USAGE;
  }
  // A path alone, if it is a number, would be a port.
  const socket = connect({ path });
  try {
    await once(socket, 'connect');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    stderr.write(`Cannot reach ${escape(path)}: ${REASONS[code] ?? message}\n`);
    return EXIT_UNAVAILABLE;
  }
  const operator = new Operator(socket, stdout, stderr);
  try {
    if (words.length > 0) return await operator.say(words.join(' ').replaceAll(/[\r\n]+/g, ' '));
    return await converse(operator, stdin, stdout);
  } finally {
    socket.destroy();
  }
}

/** One command a line, one after the other. The exit code is that of the worst. */
async function converse(operator: Operator, stdin: AdminStreams['stdin'], stdout: Writable): Promise<number> {
  const isTyped = stdin.isTTY === true;
  // Bytes, one a character: a line ends at no line separator of Unicode.
  if (!isTyped) stdin.setEncoding('latin1');
  const typed = createInterface({ input: stdin, ...(isTyped && { output: stdout }), prompt: 'admin> ' });
  let worst = 0;
  if (isTyped) typed.prompt();
  for await (const line of typed) {
    const command = isTyped ? line : Buffer.from(line, 'latin1').toString();
    if (command.trim() !== '') worst = Math.max(worst, await operator.say(command));
    if (worst === EXIT_UNAVAILABLE) break;
    if (isTyped) typed.prompt();
  }
  typed.close();
  return worst;
}

/** Says a command, and shows the answer. */
class Operator {
  readonly #socket: Socket;
  readonly #stdout: Writable;
  readonly #stderr: Writable;
  readonly #answers: AsyncIterator<unknown>;

  constructor(socket: Socket, stdout: Writable, stderr: Writable) {
    socket.on('error', () => {});
    this.#socket = socket;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#answers = frames(socket, lines({ charset: 'text', maxFrameBytes: 1_048_576 }))[
      Symbol.asyncIterator
    ]();
  }

  /** Returns the exit code. The server refuses what isn't ASCII: in UTF-8, no byte of that is a line end. */
  async say(command: string): Promise<number> {
    this.#socket.write(`${command}\n`, 'utf8');
    for (;;) {
      const { value, done } = await this.#answers
        .next()
        .catch(() => ({ done: true as const, value: undefined }));
      if (done === true || typeof value !== 'string') break;
      const [, kind, text = ''] = /^(\*|ok|error) ?(.*)$/.exec(value) ?? [];
      if (kind === 'error') {
        this.#stderr.write(`${text}\n`);
        return EXIT_REFUSED;
      }
      if (text !== '') this.#stdout.write(`${text}\n`);
      if (kind === 'ok') return 0;
    }
    this.#stderr.write('The server has ended the connection\n');
    return EXIT_UNAVAILABLE;
  }
}
