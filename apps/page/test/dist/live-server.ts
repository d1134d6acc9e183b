import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Message, MessageReader, type Right } from '@proto/watch';
import { onTestFinished } from 'vitest';
import { blankPage, type Opened } from './browser.ts';

const MAIN = fileURLToPath(new URL('../../../server/dist/main.js', import.meta.url));

/** A server with its page, as a program of its own. */
export interface LiveServer {
  readonly page: string;
  /** What it has recorded so far. */
  recorded(): readonly Message[];
  /** Ends it at once, without a word to anybody. */
  readonly kill: () => Promise<void>;
  /** A client over TCP, once it has a seat. */
  dial(): Promise<Socket>;
}

/** Starts a server with its page and these further flags. */
export async function liveServer(page: Right, ...flags: readonly string[]): Promise<LiveServer> {
  const record = join(folder(), 'session.jsonl');
  const http = flags.includes('--http') ? [] : ['--http', '127.0.0.1:0'];
  const fixed = ['--port', '0', ...http, '--page', page, '--record', record];
  const { said, kill } = await started([...fixed, ...flags], ['the page: ', 'listening on ']);
  const port = Number(find(said, 'listening on ')?.split(':').at(-1));
  return {
    page: find(said, 'the page: ') ?? '',
    kill,
    recorded: () => new MessageReader().push(readFileSync(record, 'utf8')).messages,
    dial: () =>
      new Promise((resolve, reject) => {
        const socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
        onTestFinished(() => void socket.destroy());
        socket.on('error', () => {});
        socket.once('error', reject);
        // The first byte is its welcome.
        socket.once('data', () => resolve(socket));
      }),
  };
}

/** A page that follows a server. */
export async function follow({ page: url }: Pick<LiveServer, 'page'>): Promise<Opened> {
  const opened = await blankPage();
  await opened.page.goto(url);
  await opened.page.locator('.badge.open').waitFor();
  return opened;
}

/** Shows a recording with this text. Gives the address of the page. */
export async function replayServer(recording: string): Promise<string> {
  const file = join(folder(), 'session.jsonl');
  writeFileSync(file, recording);
  const { said } = await started(['--http', '127.0.0.1:0', '--replay', file], ['the page: ']);
  return find(said, 'the page: ') ?? '';
}

/** A folder that is gone after the test. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'proto-live-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** The built command as it runs. */
interface Started {
  /** All that it has said. */
  readonly said: readonly string[];
  readonly kill: () => Promise<void>;
}

/** Starts the built command, and waits until it has said what begins with these. */
async function started(flags: readonly string[], awaited: readonly string[]): Promise<Started> {
  const server = spawn(process.execPath, [MAIN, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((resolve) => void server.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`ended with ${code}: ${said.join('\n')}`)));
    for (const output of [server.stdout, server.stderr]) {
      createInterface(output).on('line', (line) => {
        said.push(line);
        if (awaited.every((start) => find(said, start) !== undefined)) resolve();
      });
    }
  });
  return { said, kill };
}

function find(lines: readonly string[], start: string): string | undefined {
  return lines.find((line) => line.startsWith(start))?.slice(start.length);
}
