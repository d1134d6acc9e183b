import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { serve } from '../scripted-server.ts';
import { hasShells, PROMPT, started, upper, WAYS } from './job.ts';
import { closeWindows, Shell, STATE, untilState } from './window.ts';

/** What a client keeps between runs. */
function historyOf(home: string): string {
  return readFileSync(join(home, 'proto-client', 'history'), 'utf8');
}

describe.runIf(hasShells)('A terminal that goes away', () => {
  afterAll(closeWindows);

  describe.each(WAYS)('%s', (_, command) => {
    test('HangUp: a closed terminal: closes the connection in order, ends, and keeps the history; half a line is not sent', async () => {
      await using server = await upper();
      const shell = await started(command, server.port);
      shell.type('hello');
      shell.press('Enter');
      await shell.endsWith(`${PROMPT} hello`, '< HELLO', PROMPT);
      shell.type('half');
      await shell.endsWith(`${PROMPT} half`);
      const { job, home } = shell;
      shell.close();
      await server.over;
      for (const pid of job) await untilState(pid, '');
      expect(server.heard).toEqual(['hello']);
      expect(historyOf(home)).toBe('hello\n');
    });

    test('HangUp: a closed terminal, SIGHUP ignored, while the server talks: ends without a trace', async () => {
      await using server = await upper();
      const log = join(STATE, `${server.port}`);
      const shell = await started(`trap '' HUP; 2>'${log}' ${command}`, server.port);
      shell.type('half');
      await shell.endsWith(`${PROMPT} half`);
      const { job } = shell;
      const socket = await server.socket;
      const talk = setInterval(() => socket.write('* MSG 2 more\n'), 1);
      shell.close();
      await server.over;
      clearInterval(talk);
      for (const pid of job) await untilState(pid, '');
      expect(server.heard).toEqual([]);
      // npm itself aborts, and says so: Node cannot set back the mode of a terminal that is gone.
      const said = readFileSync(log, 'utf8');
      if (command.startsWith('npm')) expect(said).not.toMatch(/\bnode\[/);
      else expect(said).toBe('');
    });
  });

  test('HangUp: suspended: kill of the shell ends it, and leaves the terminal to the shell', async () => {
    await using server = await upper();
    const shell = await started(WAYS[0]![1], server.port);
    shell.type('half');
    await shell.endsWith(`${PROMPT} half`);
    const pid = shell.client;
    shell.press('C-z');
    await shell.run('clear; kill %1');
    await server.over;
    await untilState(pid, '');
    shell.press('Enter');
    await shell.endsWith('$');
    await shell.run('cat -v');
    await shell.endsWith('$ cat -v');
    shell.paste('pasted');
    await shell.endsWith('$ cat -v', 'pasted');
    expect(server.heard).toEqual([]);
  });

  test('HangUp: as a pipe: a closed terminal ends it, and Node does not abort', async () => {
    await using server = await upper();
    const log = join(STATE, `${server.port}`);
    const shell = new Shell(80);
    await shell.run(`clear; trap '' HUP; 2>'${log}' ${WAYS[0]![1]} --json 127.0.0.1:${server.port}`);
    await shell.mentions('WELCOME');
    const pid = shell.client;
    shell.close();
    await untilState(pid, '');
    expect(readFileSync(log, 'utf8')).toMatch(/^(?:Cannot write the output: write EIO\n)?$/);
  });

  test('HangUp: a server that does not end its half: the client ends all the same', async () => {
    await using server = await serve((socket) => {
      socket.resume().write('* WELCOME 1 1 main 1\n');
    });
    const shell = await started(WAYS[0]![1], server.port);
    const pid = shell.client;
    shell.close();
    await untilState(pid, '');
  });

  test('HangUp: the terminal is closed while the client is suspended: ends in order', async () => {
    await using server = await upper();
    const shell = await started(WAYS[0]![1], server.port);
    shell.type('half');
    await shell.endsWith(`${PROMPT} half`);
    const pid = shell.client;
    shell.press('C-z');
    await shell.endsWith('$');
    shell.close();
    await server.over;
    await untilState(pid, '');
    expect(server.heard).toEqual([]);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('HangUp: %s: ends in order, and leaves the terminal as it was', async (signal, code) => {
    await using server = await upper();
    const shell = await started(WAYS[0]![1], server.port);
    shell.type('half');
    await shell.endsWith(`${PROMPT} half`);
    shell.kill(signal, 'client');
    await server.over;
    await shell.run('echo "exit $?"; stty -a | grep -ow -e "-\\?icanon" -e "-\\?echo" -e "-\\?isig"; cat -v');
    await shell.endsWith(`exit ${code}`, 'isig', 'icanon', 'echo');
    shell.paste('pasted');
    await shell.endsWith('echo', 'pasted');
    expect(server.heard).toEqual([]);
  });
});
