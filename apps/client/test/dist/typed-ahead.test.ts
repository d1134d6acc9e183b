import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { hasShells, WAYS } from './job.ts';
import { closeWindows, Shell } from './window.ts';

/** Opens the door of a server that greets, on a port of its own or on this one. */
async function open(port = 0): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}).write('* WELCOME 1 1 main 1\n'));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A shell, and the port of a server that isn't there yet. */
async function awaited(): Promise<{ shell: Shell; port: number }> {
  const server = await open();
  const { port } = server.address() as AddressInfo;
  server.close();
  const shell = new Shell(200);
  await shell.run(`clear; ${WAYS[0]![1]} --reconnect 127.0.0.1:${port}`);
  await shell.mentions('no server is listening');
  return { shell, port };
}

describe.runIf(hasShells)('What is typed before there is a prompt', () => {
  afterAll(closeWindows);

  test('TypedAhead: while the client waits for a server: is shown once, behind the prompt, and sent', async () => {
    const { shell, port } = await awaited();
    shell.type('hello');
    shell.press('Enter');
    shell.type('halg');
    shell.press('BSpace');
    shell.type('f');
    const server = await open(port);
    await shell.mentions('> half');
    expect(await shell.mentions('hello')).toEqual([expect.stringMatching(/> hello$/)]);
    expect(await shell.mentions('hal')).toEqual([expect.stringMatching(/> half$/)]);
    shell.press('C-c', 'C-c', 'C-c', 'C-c');
    await shell.endsWith('$');
    server.close();
  });

  test('TypedAhead: Ctrl-Z and Ctrl-C work while the client waits for a server, and give the terminal back', async () => {
    const { shell } = await awaited();
    shell.press('C-z');
    await shell.run('clear; fg');
    await shell.mentions('no server is listening');
    shell.press('C-c');
    await shell.run('clear; echo "exit $?"; stty -a | grep -ow -e "-\\?icanon" -e "-\\?echo" -e "-\\?isig"');
    await shell.endsWith('isig', 'icanon', 'echo', '$');
  });
});
