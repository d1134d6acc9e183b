import type { Socket } from 'node:net';
import { afterAll, describe, test } from 'vitest';
import { has } from '../needs.ts';
import { linesFrom, serve, type ScriptedServer } from '../scripted-server.ts';
import { MAIN } from './run.ts';
import { closeWindows, Shell, Window } from './window.ts';

/** Ways to start the client. */
const WAYS = [
  ['started directly', `'${process.execPath}' '${MAIN}'`],
  ['through npm run client', 'npm run --silent client --'],
] as const;

/** A server that answers in upper case, and tells what it hears. */
interface Upper extends ScriptedServer {
  /** The client has been greeted. */
  readonly socket: Promise<Socket>;
}

async function upper(): Promise<Upper> {
  let greeted: (socket: Socket) => void;
  const socket = new Promise<Socket>((resolve) => (greeted = resolve));
  const server = await serve(async (client) => {
    client.write('* WELCOME 1 1 main 1\n');
    greeted(client);
    for await (const line of linesFrom(client)) {
      if (line === 'quit') break;
      client.write(`${line.toUpperCase()}\n`);
    }
    client.end('* BYE quit\n');
  });
  return { ...server, socket };
}

/** The client in the foreground of a shell, greeted. */
async function started(command: string, port: number, columns = 500): Promise<Shell> {
  const shell = new Shell(columns);
  await shell.run(`clear; ${command} 127.0.0.1:${port}`);
  await shell.endsWith('- you are client 1 in room main', '[you: client 1] >');
  return shell;
}

const isThere =
  has('tmux', '-V', 'Ctrl-Z in a terminal') && has('bash', '--version', 'Ctrl-Z in a shell with job control');

describe.runIf(isThere)('Suspension', () => {
  afterAll(closeWindows);

  describe.each(WAYS)('%s', (_, command) => {
    test('Suspension: Ctrl-Z gives the shell back; after fg the line is there, and goes on being typed, again and again', async () => {
      await using server = await upper();
      const shell = await started(command, server.port);
      const job = `${command} 127.0.0.1:${server.port}`;
      const stopped = `[1]+  Stopped                 ${job}`;
      shell.type('hel');
      await shell.endsWith('[you: client 1] > hel');
      shell.press('C-z');
      await shell.endsWith('[you: client 1] > hel', stopped, '$');
      await shell.run('echo between');
      await shell.endsWith('between', '$');
      await shell.run('fg');
      await shell.endsWith('$ fg', job, '[you: client 1] > hel');
      shell.type('lo');
      await shell.endsWith('[you: client 1] > hello');
      shell.press('Enter');
      await shell.endsWith('[you: client 1] > hello', '< HELLO', '[you: client 1] >');
      // Twice: once for those who hold the key down.
      shell.press('C-z', 'C-z');
      await shell.endsWith('[you: client 1] >', stopped, '$');
      await shell.run('fg');
      await shell.endsWith('$ fg', job, '[you: client 1] >');
      shell.type('again');
      shell.press('Enter');
      await shell.endsWith('[you: client 1] > again', '< AGAIN', '[you: client 1] >');
      shell.type('quit');
      shell.press('Enter');
      await shell.endsWith('- goodbye: quit', '- FIN received: the server sends no more', '$');
      await shell.run('echo "exit $?"; stty -a | grep -ow -e "-\\?icanon" -e "-\\?echo" -e "-\\?isig"');
      await shell.endsWith('exit 0', 'isig', 'icanon', 'echo', '$');
    });

    test('Suspension: what came in meanwhile is shown after fg, above a line that has wrapped, the cursor in its place', async () => {
      await using server = await upper();
      const shell = await started(command, server.port, 40);
      const [first, second] = ['a'.repeat(22), 'b'.repeat(40)];
      shell.type(`${first}${second}cc`);
      await shell.endsWith(`[you: client 1] > ${first}`, second, 'cc');
      shell.press('Left', 'Left', 'C-z');
      await shell.endsWith('$');
      (await server.socket).write('* MSG 2 meanwhile\n');
      await shell.run('clear');
      await shell.shows('$');
      await shell.run('fg');
      await shell.endsWith('2> meanwhile', `[you: client 1] > ${first}`, second, 'cc');
      shell.type('X');
      await shell.endsWith('2> meanwhile', `[you: client 1] > ${first}`, second, 'Xcc');
    });

    test('Suspension: bg: stops again, and leaves the shell alone; fg works as ever', async () => {
      await using server = await upper();
      const shell = await started(command, server.port);
      const job = `${command} 127.0.0.1:${server.port}`;
      shell.type('hel');
      await shell.endsWith('[you: client 1] > hel');
      shell.press('C-z');
      await shell.run('bg; until [ "$(jobs -s)" ]; do :; done; clear');
      await shell.endsWith('$');
      await shell.run('fg');
      await shell.endsWith('$ fg', job, '[you: client 1] > hel');
      shell.type('lo');
      shell.press('Enter');
      await shell.endsWith('$ fg', job, '[you: client 1] > hello', '< HELLO', '[you: client 1] >');
    });

    test.each([
      ['SIGTSTP', 'client'],
      ['SIGSTOP', 'job'],
    ] as const)('Suspension: %s to the %s: fg works as after Ctrl-Z', async (signal, whom) => {
      await using server = await upper();
      const shell = await started(command, server.port);
      const job = `${command} 127.0.0.1:${server.port}`;
      shell.type('hel');
      await shell.endsWith('[you: client 1] > hel');
      shell.kill(signal, whom);
      await shell.run('fg');
      await shell.endsWith('$ fg', job, '[you: client 1] > hel');
      shell.type('lo');
      shell.press('Enter');
      await shell.endsWith('$ fg', job, '[you: client 1] > hello', '< HELLO', '[you: client 1] >');
    });
  });

  test('Suspension: Ctrl-Z with no shell to go back to: goes on at once', async () => {
    await using server = await upper();
    const window = new Window(server.port, 80);
    await window.endsWith('- you are client 1 in room main', '[you: client 1] >');
    window.type('hel');
    window.press('C-z');
    window.type('lo');
    window.press('Enter');
    await window.endsWith(
      '- you are client 1 in room main',
      '[you: client 1] > hello',
      '< HELLO',
      '[you: client 1] >',
    );
  });
});
