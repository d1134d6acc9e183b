import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { format } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { examples, guides, type Program, promised } from './blocks.ts';
import { errorsIn, HERE } from './compile.ts';

const TSX = 'node --conditions=@proto/source --import=tsx';
const GUIDES = guides();
const EXAMPLES = examples();

/** Packages whose main functions and classes have an example. */
const WITH_EXAMPLES = ['codec', 'faults', 'protocol', 'scheduler', 'watch', 'xray', 'server', 'client'];

const hasNetcat = spawnSync('nc', ['-h']).status === 0;
if (!hasNetcat && process.env['CI'] === 'true') throw new Error('there is no nc, which the guides use');

/** A folder inside this package, where programs find every package by its name. */
function folder(): string {
  mkdirSync(join(HERE, '.report'), { recursive: true });
  const path = mkdtempSync(join(HERE, '.report', 'sample-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('there is no port');
  return address.port;
}

interface Running {
  /** What it printed, up to its end or until it has printed as many lines as wanted. */
  readonly lines: readonly string[];
}

/** Runs a command until it has ended, or, if the last line wanted is `...`, until it has shown the others. */
async function run(command: string, cwd: string, shows: readonly string[]): Promise<Running> {
  const goesOn = shows.at(-1) === '...';
  const child = spawn('sh', ['-c', `exec ${command}`], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const lines = (): string[] => output.replace(/\n$/, '').split('\n');
  await new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (goesOn && lines().length >= shows.length - 1) resolve();
    });
    child.once('close', () => resolve());
  });
  return { lines: goesOn ? [...lines(), '...'] : lines() };
}

/** The lines that a program prints. It runs in this process, which takes a tenth of the time of its own. */
async function printed({ source }: Program): Promise<readonly string[]> {
  const file = join(folder(), 'sample.ts');
  writeFileSync(file, source);
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...words) => void lines.push(format(...words)));
  onTestFinished(() => log.mockRestore());
  await import(file);
  return lines;
}

describe('the guides', () => {
  test('samples: every one compiles as it stands, and one that does not is found', () => {
    const wrong: Program = {
      at: 'wrong',
      source: "import { lines } from '@proto/codec';\nlines({ limit: 3 });\n",
    };
    const programs = [...GUIDES.flatMap((guide) => guide.programs), ...EXAMPLES, wrong];
    expect(GUIDES.map(({ programs: { length } }) => length).every((count) => count > 0)).toBe(true);
    expect(errorsIn(programs)).toEqual([expect.stringMatching(/^wrong, line 2: .*'limit' does not exist/)]);
  });

  test.runIf(hasNetcat).each(GUIDES.filter(({ commands }) => commands.length > 0))(
    '$name: what is typed gives what is shown',
    async ({ programs, commands }) => {
      const path = folder();
      const port = String(await freePort());
      for (const { file, source } of programs)
        if (file !== undefined)
          writeFileSync(
            join(path, file),
            source.replaceAll('7000,', `${port},`).replaceAll(':7000', `:${port}`),
          );
      for (const { command, shows } of commands) {
        const typed = command.replace('npx tsx', TSX).replace('127.0.0.1 7000', `127.0.0.1 ${port}`);
        const isSubshell = typed.startsWith('(') || typed.includes('|');
        const { lines } = await run(
          isSubshell ? `sh -c '${typed.replaceAll("'", String.raw`'\''`)}'` : typed,
          path,
          shows,
        );
        const seen = lines.map((line) => line.replaceAll(port, '7000'));
        expect({ command, shows: seen }).toEqual({ command, shows });
      }
    },
  );

  test.each(GUIDES.flatMap(({ programs }) => programs).filter(({ source }) => promised(source).length > 0))(
    '$at: prints what it says',
    async (program) => expect(await printed(program)).toEqual(promised(program.source)),
  );
});

describe('the examples of the docstrings', () => {
  test.each(WITH_EXAMPLES)('@proto/%s: has some', (name) => {
    expect(EXAMPLES.filter(({ at }) => at.split('/')[1] === name)).not.toEqual([]);
  });

  test.each(EXAMPLES)('$at: prints what it says', async (program) => {
    expect(promised(program.source)).not.toEqual([]);
    expect(await printed(program)).toEqual(promised(program.source));
  });
});
