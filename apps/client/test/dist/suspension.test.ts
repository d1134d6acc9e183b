import { afterAll, describe, test } from 'vitest';
import { hasShells, PROMPT, started, upper, WAYS } from './job.ts';
import { MAIN } from './run.ts';
import { closeWindows, Shell, untilState, Window } from './window.ts';

describe.runIf(hasShells)('Suspension', () => {
  afterAll(closeWindows);

  describe.each(WAYS)('%s', (_, command) => {
    test('Suspension: Ctrl-Z gives the shell back; after fg the line is there, and goes on being typed, again and again', async () => {
      await using server = await upper();
      const shell = await started(command, server.port);
      const job = `${command} 127.0.0.1:${server.port}`;
      const stopped = `[1]+  Stopped                 ${job}`;
      shell.type('hel');
      await shell.endsWith(`${PROMPT} hel`);
      shell.press('C-z');
      await shell.endsWith(`${PROMPT} hel`, stopped, '$');
      await shell.run('echo between');
      await shell.endsWith('between', '$');
      await shell.run('fg');
      await shell.endsWith('$ fg', job, `${PROMPT} hel`);
      shell.type('lo');
      await shell.endsWith(`${PROMPT} hello`);
      shell.press('Enter');
      await shell.endsWith(`${PROMPT} hello`, '< HELLO', PROMPT);
      // Twice: once for those who hold the key down.
      shell.press('C-z', 'C-z');
      await shell.endsWith(PROMPT, stopped, '$');
      await shell.run('fg');
      await shell.endsWith('$ fg', job, PROMPT);
      shell.type('again');
      shell.press('Enter');
      await shell.endsWith(`${PROMPT} again`, '< AGAIN', PROMPT);
      shell.type('quit');
      shell.press('Enter');
      await shell.mentions('goodbye: quit');
      await shell.endsWith('$');
      await shell.run('echo "exit $?"; stty -a | grep -ow -e "-\\?icanon" -e "-\\?echo" -e "-\\?isig"');
      await shell.endsWith('exit 0', 'isig', 'icanon', 'echo', '$');
    });

    test('Suspension: what came in meanwhile is shown after fg, above a line that has wrapped, the cursor in its place', async () => {
      await using server = await upper();
      const shell = await started(command, server.port, 40);
      const [first, second] = ['a'.repeat(39 - PROMPT.length), 'b'.repeat(40)];
      shell.type(`${first}${second}cc`);
      await shell.endsWith(`${PROMPT} ${first}`, second, 'cc');
      shell.press('Left', 'Left', 'C-z');
      await shell.endsWith('$');
      (await server.socket).write('* MSG 2 meanwhile\n');
      await shell.run('clear');
      await shell.shows('$');
      await shell.run('fg');
      await shell.endsWith('2> meanwhile', `${PROMPT} ${first}`, second, 'cc');
      shell.type('X');
      await shell.endsWith('2> meanwhile', `${PROMPT} ${first}`, second, 'Xcc');
    });

    test('Suspension: bg: stops again, and leaves the shell alone; fg works as ever', async () => {
      await using server = await upper();
      const shell = await started(command, server.port);
      const job = `${command} 127.0.0.1:${server.port}`;
      shell.type('hel');
      await shell.endsWith(`${PROMPT} hel`);
      shell.press('C-z');
      await shell.run('bg; until [ "$(jobs -s)" ]; do :; done; clear');
      await shell.endsWith('$');
      await shell.run('fg');
      await shell.endsWith('$ fg', job, `${PROMPT} hel`);
      shell.type('lo');
      shell.press('Enter');
      await shell.endsWith('$ fg', job, `${PROMPT} hello`, '< HELLO', PROMPT);
    });

    test.each([
      ['SIGTSTP', 'client'],
      ['SIGSTOP', 'job'],
      ['SIGTTIN', 'job'],
      ['SIGTTOU', 'job'],
    ] as const)('Suspension: %s to the %s: fg works as after Ctrl-Z', async (signal, whom) => {
      await using server = await upper();
      const shell = await started(command, server.port);
      const job = `${command} 127.0.0.1:${server.port}`;
      shell.type('hel');
      await shell.endsWith(`${PROMPT} hel`);
      shell.kill(signal, whom);
      await shell.run('fg');
      await shell.endsWith('$ fg', job, `${PROMPT} hel`);
      shell.type('lo');
      shell.press('Enter');
      await shell.endsWith('$ fg', job, `${PROMPT} hello`, '< HELLO', PROMPT);
    });
  });

  describe.each(WAYS)('%s', (_, command) => {
    test('Suspension: started in the background: stops for the terminal, and fg begins', async () => {
      await using server = await upper();
      const shell = new Shell(500);
      await shell.run(
        `${command} 127.0.0.1:${server.port} & until [ "$(jobs -s)" ]; do sleep 0.05; done; clear`,
      );
      await shell.run('fg');
      await shell.endsWith('- you are client 1 in room main', PROMPT);
      shell.type('hello');
      shell.press('Enter');
      await shell.endsWith(`${PROMPT} hello`, '< HELLO', PROMPT);
      shell.type('quit');
      shell.press('Enter');
      await shell.mentions('goodbye: quit');
      await shell.endsWith('$');
    });

    test('Suspension: another size while it was stopped: what is typed is drawn for the size that is there after fg', async () => {
      await using server = await upper();
      const shell = await started(command, server.port, 300);
      const [first, second] = ['a'.repeat(39 - PROMPT.length), 'b'.repeat(20)];
      shell.type(first + second);
      shell.press('C-z');
      await shell.endsWith('$');
      shell.resize(40);
      await shell.run('clear; stty size');
      await shell.endsWith('16 40', '$');
      await shell.run('clear; fg');
      const job = `${command} 127.0.0.1:${server.port}`.match(/.{1,40}/g)!.map((row) => row.trimEnd());
      await shell.shows(...job, `${PROMPT} ${first}`, second);
      shell.press('C-a');
      shell.type('X');
      await shell.shows(...job, `${PROMPT} X${first.slice(1)}`, `a${second}`);
    });
  });

  test('Suspension: SIGSTOP and SIGCONT to the client alone, which no shell sees: what is typed meanwhile is there', async () => {
    await using server = await upper();
    const shell = await started('npm run --silent client --', server.port);
    shell.type('hel');
    await shell.endsWith(`${PROMPT} hel`);
    const pid = shell.client;
    shell.kill('SIGSTOP', 'client');
    await untilState(pid, 'T');
    shell.type('lo');
    (await server.socket).write('* MSG 2 meanwhile\n');
    shell.kill('SIGCONT', 'client');
    await shell.endsWith('2> meanwhile', `${PROMPT} hello`);
    shell.press('Enter');
    await shell.endsWith('2> meanwhile', `${PROMPT} hello`, '< HELLO', PROMPT);
  });

  test('Suspension: a tmux that is detached, and attached again in a terminal of another size', async () => {
    await using server = await upper();
    const inner = `tmux -L proto-client-inner-${process.pid} -f /dev/null`;
    const shell = new Shell(60);
    await shell.run(
      `${inner} new-session '${process.execPath}' '${MAIN}' 127.0.0.1:${server.port} \\; set status off`,
    );
    await shell.endsWith('- you are client 1 in room main', PROMPT);
    const [first, second] = ['a'.repeat(39 - PROMPT.length), 'b'.repeat(16)];
    shell.type(first + second);
    await shell.endsWith(PROMPT + ' ' + first + second);
    shell.press('C-b', 'd');
    await shell.endsWith('$');
    (await server.socket).write('* MSG 2 meanwhile\n');
    shell.resize(40);
    await shell.run(`${inner} attach`);
    const lines = ['- you are client 1 in room main', '2> meanwhile'];
    await shell.endsWith(...lines, `${PROMPT} ${first}`, second);
    shell.press('C-a');
    shell.type('X');
    await shell.endsWith(...lines, `${PROMPT} X${first.slice(1)}`, `a${second}`);
    shell.press('C-e', 'C-u', '/fault off', 'Enter', 'quit', 'Enter');
    await shell.endsWith('$');
  });

  test('Suspension: Ctrl-Z with no shell to go back to: goes on at once', async () => {
    await using server = await upper();
    const window = new Window(server.port, 80);
    await window.endsWith('- you are client 1 in room main', PROMPT);
    window.type('hel');
    window.press('C-z');
    window.type('lo');
    window.press('Enter');
    await window.endsWith('- you are client 1 in room main', `${PROMPT} hello`, '< HELLO', PROMPT);
  });
});
