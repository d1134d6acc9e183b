import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hasShells, PROMPT, started, upper, WAYS } from './job.ts';
import { closeWindows, type Shell, STATE, Window } from './window.ts';

const [, DIRECT] = WAYS[0]!;

/** A client in a window, greeted by a server that answers in capitals. */
async function opened(port: number, columns = 80): Promise<Window> {
  const window = new Window(port, columns);
  await window.endsWith('- you are client 1 in room main', PROMPT);
  return window;
}

describe.runIf(hasShells)('What is pasted', () => {
  afterAll(closeWindows);

  test('Paste: a burst in the middle of a line stands where the cursor is, on the screen and in the line', async () => {
    await using server = await upper();
    const window = await opened(server.port);
    window.type('abcdefgh');
    await window.endsWith(`${PROMPT} abcdefgh`);
    window.press('Home');
    window.burst('XX');
    await window.endsWith(`${PROMPT} XXabcdefgh`);
    window.burst('YYY');
    await window.endsWith(`${PROMPT} XXYYYabcdefgh`);
    window.press('Enter');
    await window.endsWith(`${PROMPT} XXYYYabcdefgh`, '< XXYYYABCDEFGH', PROMPT);
    expect(server.heard).toEqual(['XXYYYabcdefgh']);
  });

  test('Paste: a burst with keys in it does what the keys do one by one', async () => {
    await using server = await upper();
    const window = await opened(server.port);
    window.press(
      'abcd',
      'Left',
      'Left',
      'XX',
      'BSpace',
      'C-a',
      'Y',
      'C-e',
      'ZZ',
      'M-b',
      'Q',
      'Enter',
      'next',
    );
    await window.endsWith('< QYABXCDZZ', `${PROMPT} next`);
  });

  test('Paste: many lines: says how many, sends each by itself, and leaves the last to be ended', async () => {
    await using server = await upper();
    const window = await opened(server.port, 120);
    window.paste('one\ntwo\nthree');
    const said = '- pasted 3 lines, 13 bytes; the last one has no line end: press Enter to send it';
    await window.sees(said, `${PROMPT} one`);
    await window.endsWith('< ONE', '< TWO', `${PROMPT} three`);
    window.press('Enter');
    await window.endsWith(`${PROMPT} three`, '< THREE', PROMPT);
    expect(server.heard).toEqual(['one', 'two', 'three']);
  });

  test('Paste: in the middle of a line: what is behind the cursor stays behind it', async () => {
    await using server = await upper();
    const window = await opened(server.port);
    window.type('hello');
    await window.endsWith(`${PROMPT} hello`);
    window.press('Left', 'Left');
    window.paste('ter\nskel');
    await window.endsWith('< HELTER', `${PROMPT} skello`);
    window.type('X');
    window.press('Enter');
    await window.endsWith(`${PROMPT} skelXlo`, '< SKELXLO', PROMPT);
    expect(server.heard).toEqual(['helter', 'skelXlo']);
  });

  test('Paste: a tab completes nothing, and control characters do nothing', async () => {
    await using server = await upper();
    const window = await opened(server.port);
    window.paste('/fau\tx\u0003\u0004\u001b[D');
    await window.endsWith(
      '- pasted 1 line, 11 bytes; 3 control characters left out',
      tabbed(`${PROMPT} /fau\tx[D`),
    );
    window.press('Enter');
    await window.endsWith('? /FAU\\tX[D', PROMPT);
    expect(server.heard).toEqual(['/fau\tx[D']);
  });

  test('Paste: one that is too long is refused, and nothing of it is sent', async () => {
    await using server = await upper();
    const window = await opened(server.port, 120);
    window.paste('0123456789\n'.repeat(25_000));
    const why = 'more than 262,144 characters. Nothing of it was sent';
    await window.endsWith(`! Cannot paste: ${why}; send it as a file: proto-client < FILE`, PROMPT);
    window.press('a', 'Enter');
    await window.endsWith('< A', PROMPT);
    expect(server.heard).toEqual(['a']);
  });

  test('Paste: one that the terminal does not end has ended when nothing more comes', async () => {
    await using server = await upper();
    const window = await opened(server.port);
    window.burst('\u001b[200~hel\tlo');
    await window.endsWith(tabbed(`${PROMPT} hel\tlo`));
    window.press('C-u', 'a', 'Enter');
    await window.endsWith('< A', PROMPT);
  });

  test('Paste: the terminal marks pastes only while the client has it: not while suspended', async () => {
    await using server = await upper();
    const shell = await started(DIRECT, server.port);
    shell.press('C-z');
    await shell.run('clear; cat -v');
    await isUnmarked(shell);
    shell.press('C-c');
    await shell.run('fg');
    await shell.endsWith(PROMPT);
    shell.paste('one\ntwo\n');
    await shell.sees('- pasted 2 lines, 8 bytes', `${PROMPT} one`);
  });

  test.each([
    ['after a quit', 'quit'],
    ['after Ctrl-C', 'C-c'],
    ['after a crash', 'SIGUSR2'],
  ])('Paste: the terminal marks pastes only while the client has it: not %s', async (_, how) => {
    await using server = await upper();
    const crash = join(STATE, 'crash.cjs');
    writeFileSync(crash, "process.on('SIGUSR2', () => { throw new Error('on purpose'); });");
    const shell = await started(`NODE_OPTIONS=--require=${crash} ${DIRECT}`, server.port);
    if (how === 'SIGUSR2') shell.kill(how, 'client');
    else if (how === 'quit') shell.press('quit', 'Enter');
    // The first one may only ask.
    else shell.press(how, how);
    await shell.run('clear; cat -v');
    await isUnmarked(shell);
  });
});

/** Pastes into a program that shows everything it gets. */
async function isUnmarked(shell: Shell): Promise<void> {
  await shell.shows();
  shell.paste('pasted');
  await shell.shows('pasted');
}

/** A row with a tab, as a terminal shows it. */
function tabbed(row: string): string {
  return row.replace(/^([^\t]*)\t/, (_, before: string) =>
    before.padEnd(8 * Math.floor(before.length / 8 + 1)),
  );
}
