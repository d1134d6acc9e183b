import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Decoder, formatFault, type Frame, isFault } from '../../src/index.ts';
import { lengthPrefixed } from '../../src/length-prefixed/index.ts';
import { frames } from '../../src/node/index.ts';
import { dial, directory, freePort, isInstalled } from './peer.ts';

/** Debian keeps the programs here, by version. */
const LIBRARY = '/usr/lib/postgresql';

function binaries(): string {
  try {
    return join(LIBRARY, readdirSync(LIBRARY).at(-1) ?? '', 'bin');
  } catch {
    return LIBRARY;
  }
}

/** root may not run it. */
function owner(): { uid?: number; gid?: number } {
  const id = (which: string): number => Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
  return process.getuid?.() === 0 ? { uid: id('-u'), gid: id('-g') } : {};
}

/** Starts a server with files of its own, which trusts everybody; returns its port. */
async function startPostgres(): Promise<number> {
  const folder = directory();
  const port = await freePort();
  const { uid, gid } = owner();
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  const run = { ...owner(), cwd: folder };
  const data = join(folder, 'data');
  const args = ['-D', data, '-U', 'codec', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(binaries(), 'initdb'), args, { ...run, stdio: 'pipe' });
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'fsync=off',
  ];
  const child = spawn(
    join(binaries(), 'postgres'),
    ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    { ...run, stdio: 'ignore' },
  );
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    // SIGQUIT takes its children with it.
    child.kill('SIGQUIT');
    await once(child, 'exit');
  });
  return port;
}

// PostgreSQL documentation, 55.7: a type, a length that counts itself, a body. The first message has no type.
const messages = lengthPrefixed({ header: 1, counts: 'all', adjust: 1, maxFrameBytes: 2 ** 20 });
const startup = lengthPrefixed({ counts: 'all' });

const begin = Buffer.from('\0\x03\0\0user\0codec\0database\0postgres\0\0');
const STARTING_UP = 'C57P03';

/** The type of a message. */
function typeOf(frame: Frame<Uint8Array>): string {
  if (isFault(frame)) throw new Error(formatFault(frame));
  return String.fromCharCode(frame[0]!);
}

/** Logs in as soon as the server lets in. A decoder keeps what came after the last message read. */
async function logIn(
  port: number,
): Promise<{ socket: Socket; decoder: Decoder<Uint8Array>; types: string[] }> {
  for (;;) {
    const socket = await dial(port);
    const decoder = messages.decoder();
    const types: string[] = [];
    socket.write(startup.encode(begin));
    for await (const frame of frames(socket, decoder)) {
      types.push(typeOf(frame));
      if (types.at(-1) === 'Z') return { socket, decoder, types };
      if (types.at(-1) !== 'E') continue;
      const error = Buffer.from(frame as Uint8Array).toString('latin1');
      if (!error.includes(STARTING_UP)) throw new Error(error);
    }
    socket.destroy();
  }
}

const COUNT = 2000;
const query = `SELECT repeat('é', n % 700) FROM generate_series(1, ${COUNT}) n`;

test.runIf(isInstalled(join(binaries(), 'postgres'), ['--version'], 'postgresql'))(
  'postgresql: a startup message and a query out, rows in',
  { timeout: 60_000 },
  async () => {
    const { socket, decoder, types } = await logIn(await startPostgres());
    // Authentication is fine, parameters, the key of this session, ready for a query.
    expect(types.join('')).toMatch(/^RS+KZ$/);
    types.length = 0;
    const rows: string[] = [];
    socket.write(messages.encode(Buffer.from(`Q${query}\0`)));
    for await (const frame of frames(socket, decoder)) {
      const type = typeOf(frame);
      // A row of one column: its count, its length, its bytes.
      if (type === 'D') rows.push(Buffer.from(frame as Uint8Array).toString('utf8', 7));
      else types.push(type);
      if (type === 'Z') break;
    }
    socket.end(messages.encode(Buffer.from('X')));
    // The columns, that the command is complete, ready for a query.
    expect(types).toEqual(['T', 'C', 'Z']);
    expect(rows).toEqual(Array.from({ length: COUNT }, (_, index) => 'é'.repeat((index + 1) % 700)));
  },
);
