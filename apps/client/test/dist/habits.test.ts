import { afterAll, describe, expect, test } from 'vitest';
import { has } from '../needs.ts';
import { serve, upper } from '../scripted-server.ts';
import { closeWindows, Window } from './window.ts';

describe.runIf(has('tmux', '-V', 'habits of those who live in a terminal'))('habits', () => {
  afterAll(closeWindows);

  test('Terminal: a line that could not be sent comes back with Up', async () => {
    await using server = await serve(upper);
    const window = new Window(server.port, 100);
    await window.sees('- you are client 1 in room main');
    window.type('na\u00efve');
    window.press('Enter');
    await window.sees('! Cannot send "na\\xefve": only ASCII can be sent, and character 3 is U+00EF');
    window.press('Up', 'Left', 'Left', 'BSpace');
    window.type('i');
    window.press('Enter');
    await window.sees('< NAIVE');
  });

  test('Terminal: a word that is nearly a command of this terminal gets a hint', async () => {
    await using server = await serve(upper);
    const window = new Window(server.port, 100);
    await window.sees('- you are client 1 in room main');
    window.type('/xrya');
    window.press('Enter');
    await window.sees('- this terminal has no /xrya. Did you mean /xray?');
  });

  test('Terminal: the x-ray shows what is read and what is written in two colours', async () => {
    await using server = await serve(upper);
    const window = new Window(server.port, 100, { option: '--xray' });
    await window.sees('- you are client 1 in room main');
    window.type('hello');
    window.press('Enter');
    await window.sees('< HELLO');
    const colourOf = (start: string): string | undefined =>
      window
        .colours()
        .split('\n')
        .find((line) => line.includes(start))
        ?.split(start)[0];
    const [written, read] = [colourOf('x> write 1'), colourOf('x< read 2')];
    expect(written).toContain('\u001b[');
    expect(read).toContain('\u001b[');
    expect(written).not.toBe(read);
  });
});
