import { createInterface, type Interface } from 'node:readline';
import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Screen } from '../../src/terminal/screen.ts';

/** Rows of the emulated terminal: more than any run here fills. */
const ROWS = 200;

/** A pass of the event loop, in which a screen draws what it has to. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** A screen on a terminal emulator that nobody here wrote. */
class Desk {
  readonly readline: Interface;
  readonly screen: Screen;
  readonly shown: string[] = [];
  prompt = '> ';
  readonly #columns: number;
  readonly #terminal: InstanceType<typeof xterm.Terminal>;

  constructor(columns: number) {
    this.#columns = columns;
    // convertEol: what the line discipline of a terminal makes of LF.
    const terminal = new xterm.Terminal({
      cols: columns,
      rows: ROWS,
      convertEol: true,
      allowProposedApi: true,
    });
    this.#terminal = terminal;
    const output = Object.assign(
      new Writable({
        decodeStrings: false,
        write(text: string, _, done) {
          terminal.write(text);
          done();
        },
      }),
      { columns, rows: ROWS, isTTY: true },
    );
    this.readline = createInterface({ input: new PassThrough(), output, terminal: true });
    this.screen = new Screen({ readline: this.readline, output, colour: false });
    this.setPrompt('> ');
  }

  setPrompt(prompt: string): void {
    this.prompt = prompt;
    this.screen.prompt = prompt;
  }

  show(text: string): void {
    this.shown.push(text);
    void this.screen.show({ tone: 'relay', text });
  }

  /** Another program writes lines below what is drawn, as a shell does. */
  others(...lines: string[]): void {
    this.shown.push(this.prompt + this.readline.line, ...lines);
    this.#terminal.write(['', ...lines, ''].join('\n'));
  }

  /** Waits until all that was written is drawn. */
  async drawn(): Promise<void> {
    await turn();
    await new Promise<void>((resolve) => {
      this.#terminal.write('', resolve);
    });
  }

  /** Compares what is drawn with what should be. */
  async compared(): Promise<void> {
    await this.drawn();
    expect(this.rows).toEqual(this.wanted);
  }

  /** What is on the terminal: its rows, and where its cursor is. */
  get rows(): { rows: string[]; cursor: [number, number] } {
    const { active } = this.#terminal.buffer;
    const rows = Array.from({ length: active.length }, (_, y) =>
      active.getLine(y)!.translateToString(true).trimEnd(),
    );
    return { rows: trimmed(rows), cursor: [active.baseY + active.cursorY, active.cursorX] };
  }

  /** What should be there: what was shown, then the prompt and what is typed, the cursor in it. */
  get wanted(): { rows: string[]; cursor: [number, number] } {
    const above = this.shown.flatMap((line) => this.#wrapped(line));
    const { line, cursor } = this.readline;
    const before = this.prompt.length + cursor;
    return {
      rows: trimmed([...above, ...this.#wrapped(this.prompt + line)].map((row) => row.trimEnd())),
      cursor: [above.length + Math.floor(before / this.#columns), before % this.#columns],
    };
  }

  #wrapped(line: string): string[] {
    const count = Math.max(1, Math.ceil(line.length / this.#columns));
    return Array.from({ length: count }, (_, row) =>
      line.slice(row * this.#columns, (row + 1) * this.#columns),
    );
  }
}

function trimmed(rows: readonly string[]): string[] {
  return rows.slice(0, rows.findLastIndex((row) => row !== '') + 1);
}

type Act = (desk: Desk) => void | Promise<void>;

const key =
  (name: string, ctrl = false): Act =>
  ({ readline }) =>
    readline.write(null, { name, ctrl });

/** What can happen at a desk. */
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.stringMatching(/^[a-c]{1,30}$/).map(
      (text): Act =>
        ({ readline }) =>
          readline.write(text),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('left', 'right', 'home', 'end', 'backspace', 'delete')
      .map((name) => key(name)),
  },
  { weight: 1, arbitrary: fc.constantFrom('u', 'w', 'k').map((name) => key(name, true)) },
  {
    weight: 6,
    arbitrary: fc.stringMatching(/^[x-z]{0,90}$/).map(
      (text): Act =>
        (desk) =>
          desk.show(text),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('> ', '[1] > ', "[2/3 1's turn +1] > ").map(
      (text): Act =>
        (desk) =>
          desk.setPrompt(text),
    ),
  },
  { weight: 4, arbitrary: fc.constant((desk: Desk) => desk.compared()) },
);

test.each([40, 80, 23])(
  'Screen: in %i columns: whatever arrives while whatever is typed, nothing is garbled, and the cursor stays in its place',
  async (columns) => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        const desk = new Desk(columns);
        await desk.drawn();
        for (const each of acts) {
          if (desk.readline.line.length < 400) await each(desk);
        }
        await desk.compared();
        desk.readline.close();
      }),
      { numRuns: 150 },
    );
  },
);

test('Screen: shows a thousand lines in one write, and what is typed once', async () => {
  const desk = new Desk(40);
  desk.readline.write('typing');
  await desk.drawn();
  for (let i = 0; i < 150; i++) desk.show(`line ${i}`);
  await desk.drawn();
  expect(desk.rows).toEqual(desk.wanted);
});

test.each([['left'], ['home'], ['end']])(
  'Screen: leaves the terminal to others and draws anew below them, with the cursor where it was (%s)',
  async (name) => {
    const desk = new Desk(23);
    for (const char of 'typed over three rows of a terminal'.repeat(2)) desk.readline.write(char);
    await desk.drawn();
    desk.show('above');
    await desk.drawn();
    await key(name)(desk);
    desk.screen.park();
    desk.others('stopped', '$ fg');
    desk.screen.restart();
    desk.show('meanwhile');
    await desk.compared();
    desk.readline.write('X');
    await desk.compared();
    desk.readline.close();
  },
);
