import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { workspaces } from '../workspaces.mjs';
import { fencesOf, markdownFiles } from './fences.ts';

interface Manifest {
  readonly name: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Manifest;

const MANIFESTS = new Map(workspaces().map((folder: string) => [manifestOf(folder).name, folder]));
const ROOT = manifestOf('.');

/** Programs of others, which a reader has or installs. What they do is not ours. */
const FOREIGN = new Set([
  'alias',
  'cd',
  'git',
  'install',
  'mkdir',
  'nats-server',
  'openssl',
  'systemctl',
  '(umask',
]);

/** The commands of all `sh` blocks, each once: without comments, and one for each side of `&&`. */
const COMMANDS = new Set(
  markdownFiles()
    // The commands of an example are run, by scripts/test/examples.test.ts.
    .filter((document) => !document.startsWith('examples/'))
    .flatMap((document) => fencesOf(document))
    .filter(({ language }) => language === 'sh')
    .flatMap(({ body }) => body.split('\n'))
    .flatMap((line) => line.replace(/\s#.*$/, '').split('&&'))
    .map((command) => command.trim())
    .filter((command) => command !== ''),
);

/** What is wrong with a command, if anything: a script, a package, a task or an option that does not exist. */
function wrongWith(command: string): string | undefined {
  const [program = '', ...args] = command.replace(/^(?:[A-Z_]+=\S+ )+/, '').split(/\s+/);
  if (FOREIGN.has(program)) return undefined;
  if (program === 'proto-server') return serverRefuses(args);
  // What follows the name of the image goes to the server.
  if (program === 'docker') return serverRefuses(args.slice(args.indexOf('proto-server') + 1));
  if (program === 'proto-client') return clientRefuses(args);
  if (program === 'node') return nodeRefuses(args);
  if (program === 'npm') return npmRefuses(args);
  if (program === 'pnpm') return pnpmRefuses(args);
  return `${program} is not known here`;
}

function refusal(args: readonly string[]): string | undefined {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return status === 0 ? undefined : stderr;
}

/** The server reads its options, and says what is in force instead of starting. */
function serverRefuses(args: readonly string[]): string | undefined {
  // Read before it says what is in force.
  const [file, at] = [args.at(args.indexOf('--config') + 1), args.indexOf('--config')];
  const own = at === -1 || file === undefined ? args : args.toSpliced(at, 2);
  return refusal(['apps/server/dist/main.js', ...own, '--print-config']);
}

/** The client reads its options before it shows its help. */
function clientRefuses(args: readonly string[]): string | undefined {
  return refusal(['apps/client/dist/main.js', ...args, '--help']);
}

function nodeRefuses(args: readonly string[]): string | undefined {
  const [file = '', ...rest] = args.filter((arg) => arg !== '--enable-source-maps');
  if (file === 'apps/server/dist/main.js') return serverRefuses(rest);
  return existsSync(file) ? undefined : `there is no ${file}`;
}

function npmRefuses([verb = '', ...args]: readonly string[]): string | undefined {
  if (verb === 'init' || verb === 'pkg') return undefined;
  if (verb === 'install') {
    const known = new Set([...MANIFESTS.keys(), ...[...MANIFESTS.values()].flatMap(toolsOf)]);
    return args.find((name) => !name.startsWith('--') && !known.has(name));
  }
  const [script = '', ...rest] = verb === 'run' ? args : [verb, ...args];
  if (ROOT.scripts?.[script] === undefined) return `package.json has no script ${script}`;
  const own = rest[0] === '--' ? rest.slice(1) : rest;
  if (script === 'start') return serverRefuses(own);
  return script === 'client' ? clientRefuses(own) : undefined;
}

function toolsOf(folder: string): string[] {
  return Object.keys(manifestOf(folder).devDependencies ?? {});
}

function pnpmRefuses(args: readonly string[]): string | undefined {
  const filter = args[args.indexOf('--filter') + 1] ?? '';
  const folder = MANIFESTS.get(filter);
  if (folder === undefined) return `there is no package ${filter}`;
  const [verb = '', what = '', ...rest] = args.filter((arg) => arg !== '--filter' && arg !== filter);
  if (verb === 'turbo') return readFileSync('turbo.json', 'utf8').includes(`"${what}": {`) ? undefined : what;
  if (verb !== 'exec')
    return manifestOf(folder).scripts?.[verb] === undefined ? `${filter} has no script ${verb}` : undefined;
  if (!existsSync(`${folder}/node_modules/.bin/${what}`)) return `${filter} has no program ${what}`;
  const file = rest.find((arg) => /\.(?:ts|mjs)$/.test(arg));
  // The files of a recipe are written by the recipe, and its test runs them.
  return file === undefined || file.includes('test/') || existsSync(`${folder}/${file}`)
    ? undefined
    : `there is no ${file}`;
}

describe('what readers are told to type', () => {
  test('commands: there are some of each kind', () => {
    const programs = new Set([...COMMANDS].map((command) => command.split(' ')[0]));
    for (const program of ['npm', 'pnpm', 'node', 'proto-server', 'proto-client'])
      expect(programs).toContain(program);
  });

  test.each([...COMMANDS])('%s', (command) => expect(wrongWith(command)).toBe(undefined));

  test.each([
    'npm run nonsense',
    'npm start -- --ordre free',
    'npm run client -- --cutt 3',
    'npm install @proto/nonsense',
    'pnpm --filter @proto/nonsense test',
    'pnpm --filter @proto/codec nonsense',
    'pnpm --filter @proto/page exec tsx lessons/nonsense.ts',
    'proto-server --order newest',
    'node scripts/nonsense.mjs',
    'nonsense',
  ])('commands: %s is found', (command) => expect(wrongWith(command)).toEqual(expect.any(String)));
});
