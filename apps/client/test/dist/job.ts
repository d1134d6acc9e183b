import { once } from 'node:events';
import type { Socket } from 'node:net';
import { has } from '../needs.ts';
import { linesFrom, serve, type ScriptedServer } from '../scripted-server.ts';
import { MAIN } from './run.ts';
import { Shell } from './window.ts';

/** Ways to start the client. */
export const WAYS: readonly (readonly [how: string, command: string])[] = [
  ['started directly', `'${process.execPath}' '${MAIN}'`],
  ['through npm run client', 'npm run --silent client --'],
];

/** What a client shows that is alone in its room. */
export const PROMPT: string = '[you: client 1] >';

/** Whether shells in terminals can be had here. */
export const hasShells: boolean =
  has('tmux', '-V', 'the client in a terminal') && has('bash', '--version', 'job control in a terminal');

/** A server that answers in upper case, and tells what it hears. */
export interface Upper extends ScriptedServer {
  /** The client has been greeted. */
  readonly socket: Promise<Socket>;
  readonly heard: readonly string[];
  /** The client's stream has ended in order; rejects where it was cut. */
  readonly over: Promise<unknown>;
}

/** Starts one. */
export async function upper(): Promise<Upper> {
  let greeted: (socket: Socket) => void;
  let ended: (how: Promise<unknown>) => void;
  const socket = new Promise<Socket>((resolve) => (greeted = resolve));
  const over = new Promise<unknown>((resolve) => (ended = resolve));
  const heard: string[] = [];
  const server = await serve(async (client) => {
    client.write('* WELCOME 1 1 main 1\n');
    ended(once(client, 'end'));
    greeted(client);
    for await (const line of linesFrom(client)) {
      heard.push(line);
      if (line === 'quit') break;
      client.write(`${line.toUpperCase()}\n`);
    }
    client.end('* BYE quit\n');
  });
  return { ...server, socket, heard, over };
}

/** The client in the foreground of a shell, greeted. */
export async function started(command: string, port: number, columns = 500): Promise<Shell> {
  const shell = new Shell(columns);
  // Bash would turn its own bracketed paste on and off.
  await shell.run("bind 'set enable-bracketed-paste off'");
  await shell.run(`clear; ${command} 127.0.0.1:${port}`);
  await shell.endsWith('- you are client 1 in room main', PROMPT);
  return shell;
}
