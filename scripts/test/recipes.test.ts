import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyOfRepository } from '../copy.mjs';
import { has } from './has.ts';
import { Program } from './program.ts';
import { follow, recipes, type Session } from './recipes.ts';

const all = recipes();
const steps = all.flatMap((recipe) => recipe.steps);
const changes = steps.filter((step) => step.kind !== 'run');
const runs = steps.filter((step) => step.kind === 'run');

const textOf = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, 'utf8') : undefined;

/** A recipe of one step: behind a line that begins with `a`, `b` becomes `new`. */
const DIFF = `
## Recipes

### Add it

1. \`a.ts\`: a line.

   \`\`\`diff
    a...
   -b
   +new
   \`\`\`
`;

let copy: string;
const started = new Set<Program>();

/** Starts a program in a folder of the copy, with the tools that are installed there. */
function start(command: string, args: readonly string[], folder = '.'): Program {
  const cwd = join(copy, folder);
  const path = [cwd, copy].map((at) => join(at, 'node_modules/.bin'));
  const program = new Program(command, args, { cwd, path });
  started.add(program);
  return program;
}

/** Fails with what the program has printed, and the steps that have touched the files it names. */
async function succeeds(command: string, args: readonly string[], folder?: string): Promise<void> {
  const program = start(command, args, folder);
  if ((await program.ended) === 0) return;
  const shortest = (file: string): string => file.replace(/^(?:packages|apps)\/[^/]+\//, '');
  const named = changes.filter(({ file }) => program.output.includes(shortest(file)));
  throw new Error(`${program.output}\nIn files of: ${named.map(({ at }) => at).join('; ') || 'no step'}`);
}

/** `pnpm --filter @proto/NAME exec vitest run FILES`: the folder of the package, and what is run. */
function vitestRun(command: string): { folder: string; tests: string[] } | undefined {
  const [, name, tests] = /^pnpm --filter @proto\/(\w+) exec vitest run (.+)$/.exec(command) ?? [];
  if (name === undefined || tests === undefined) return undefined;
  const folder = existsSync(join('apps', name)) ? join('apps', name) : join('packages', name);
  return { folder, tests: tests.split(' ') };
}

const commands = runs.flatMap((step) => step.commands);
/** The tests of all recipes, by package: each package is started once. */
const testsOf = new Map<string, string[]>();
for (const run of commands.map(vitestRun)) {
  if (run !== undefined) testsOf.set(run.folder, [...(testsOf.get(run.folder) ?? []), ...run.tests]);
}

/** `npm start` and `npm run client` are these, from source. */
function fromSource(app: 'server' | 'client'): string[] {
  const { resolve: find } = createRequire(resolve('apps/server/package.json'));
  const loader = ['--conditions=@proto/source', '--import', pathToFileURL(find('tsx')).href];
  return [...loader, join(copy, 'apps', app, 'src/main.ts')];
}

/** Plays a terminal: the server that it begins with runs until all that follows has ended. */
async function play([first, ...others]: Session): Promise<void> {
  const [, flags] = /^npm start -- (.*)$/.exec(first?.command ?? '') ?? [];
  if (first === undefined || flags === undefined)
    throw new Error(`Expected npm start -- FLAGS, not ${first?.command}`);
  const server = start(process.execPath, [...fromSource('server'), ...flags.split(' '), '--port', '0']);
  const port = (await server.line(/^listening on .*:(\d+)$/m))?.[1] ?? 'none';
  for (const { command, shows } of others) {
    const client = [process.execPath, ...fromSource('client'), `127.0.0.1:${port}`].join(' ');
    const shell = command.replace(/npm run (?:--silent )?client(?: --)?/, client).replace('6677', port);
    const program = start('sh', ['-c', shell]);
    const code = await program.ended;
    if (shows.length > 0) expect(program.output, `from ${command}`).toBe(`${shows.join('\n')}\n`);
    expect(code, `${command}\n${program.output}`).toBe(0);
  }
  server.kill('SIGTERM');
  await server.ended;
  if (first.shows.length > 0)
    expect(server.output.replace(port, '6677'), `from ${first.command}`).toBe(`${first.shows.join('\n')}\n`);
}

/** Runs a task when those before it have ended. The type check runs beside them: two cores have enough to do. */
let last = Promise.resolve();
function inTurn(task: () => Promise<void>): Promise<void> {
  const done = last.then(task);
  last = done.catch(() => {});
  return done;
}

test('recipes: there are six, and each ends with its tests', () => {
  expect(all.map(({ title }) => title)).toEqual([
    'Add a command',
    'Add an option to the server',
    'Add a transport',
    'Add an order',
    'Add a framing',
    'Add an observer',
  ]);
  const withoutTests = all.filter(({ steps: own }) => {
    const end = own.at(-1);
    return end?.kind !== 'run' || !end.commands.some((command) => vitestRun(command) !== undefined);
  });
  expect(withoutTests).toEqual([]);
});

test.each([
  {
    body: '1. `a.ts`: no block.',
    want: 'Add it, step 1 (a.ts): expected one block, a diff or the text of a new file',
  },
  {
    body: '1. New file `a.ts`:\n\n   ```diff\n   +a\n   ```',
    want: 'Add it, step 1 (a.ts): expected one block',
  },
  {
    body: '1. `a.ts`:\n\n   ```diff\n   a\n   ```',
    want: 'Add it, step 1 (a.ts): neither kept, added nor removed: a',
  },
  { body: '1. Run it:\n\n   ```ts\n   a\n   ```', want: 'Add it, step 1: expected sh and console' },
  { body: '2. `a.ts`:', want: 'Add it, step 1 (a.ts): it has the number 2' },
])('recipes: a step that cannot be followed is named: $want', ({ body, want }) => {
  expect(() => recipes(`# A\n\n## Recipes\n\n### Add it\n\n${body}\n`)).toThrow(want);
});

test.each([
  { text: 'a\nc\n', want: 'Add it, step 1 (a.ts): these lines are there 0 times, not once:\na...\nb' },
  { text: 'a\nb\na\nb\n', want: 'Add it, step 1 (a.ts): these lines are there 2 times, not once:\na...\nb' },
  { text: undefined, want: 'Add it, step 1 (a.ts): there is no such file' },
])('follow: $want', ({ text, want }) => {
  const [step] = recipes(DIFF)[0]?.steps ?? [];
  if (step === undefined || step.kind === 'run') throw new Error('expected a diff');
  expect(() => follow(step, text)).toThrow(want);
  expect(follow(step, 'z\nabc\nb\n')).toBe('z\nabc\nnew\n');
});

test.each(all)('$title: every place that it names is there, also once it was followed', ({ steps: own }) => {
  const texts = new Map<string, string>();
  const followed = (): void => {
    for (const step of own) {
      if (step.kind !== 'run') texts.set(step.file, follow(step, texts.get(step.file) ?? textOf(step.file)));
    }
  };
  followed();
  const once = new Map(texts);
  followed();
  expect(texts).toEqual(once);
});

describe('recipes, followed in a copy', { timeout: 280_000 }, () => {
  beforeAll(async () => {
    copy = copyOfRepository();
    for (const step of changes) {
      const file = join(copy, step.file);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, follow(step, textOf(file)));
    }
    for (const command of commands.filter((line) => vitestRun(line) === undefined)) {
      await succeeds('sh', ['-c', command]);
    }
  }, 280_000);

  afterAll(async () => {
    for (const program of started) program.kill('SIGKILL');
    await Promise.all([...started].map(({ ended }) => ended));
    rmSync(copy, { recursive: true });
  });

  test.concurrent('tsc: the types hold', async () => {
    // The page is TSX, and no recipe touches it.
    const include = ['packages/*', 'apps/client', 'apps/server'].flatMap((folder) => [
      `${folder}/src`,
      `${folder}/test`,
    ]);
    const config = { extends: './tsconfig.base.json', include };
    writeFileSync(join(copy, 'tsconfig.recipes.json'), JSON.stringify(config));
    await succeeds('tsc', ['--project', 'tsconfig.recipes.json']);
  });

  test.concurrent('oxfmt, oxlint, layers: nothing is found', () =>
    inTurn(async () => {
      const sources = [...new Set(changes.map(({ file }) => file))].filter((file) => file.endsWith('.ts'));
      await succeeds('oxfmt', ['--check', ...sources]);
      await succeeds('oxlint', ['--quiet', ...sources]);
      await succeeds(process.execPath, ['scripts/layers.mjs']);
    }));

  test.concurrent('API: what the recipes export is documented', () =>
    inTurn(() => succeeds('tsx', ['tools/build.ts', '--check'], 'apps/site')));

  test.concurrent.each([...testsOf])('vitest in %s: the tests that the recipes name pass', (folder, tests) =>
    inTurn(() => succeeds('vitest', ['run', '--reporter=dot', ...new Set(tests)], folder)),
  );

  const needsNc = (session: Session): boolean => session.some(({ command }) => /\bnc\b/.test(command));
  const hasNc = has('nc -h', 'what recipes show of nc');
  const sessions = runs
    .flatMap((step) => step.sessions.map((session) => ({ at: step.at, session })))
    .filter(({ session }) => hasNc || !needsNc(session));
  test.concurrent.each(sessions)('$at: the program shows what the recipe shows', ({ session }) =>
    inTurn(() => play(session)),
  );
});
