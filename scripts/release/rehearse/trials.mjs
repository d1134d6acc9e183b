// What users do with what was released, each in an empty folder outside of the repository.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import { executable } from '../../executable.mjs';
import { publishedPackages } from '../packages.mjs';
import { call, node } from '../programs.mjs';
import { Stop } from '../steps.mjs';
import { inBrowser } from './browser.mjs';
import { emptyFolder, install } from './consumer.mjs';
import { binaryOf } from './registry.mjs';

/** @type {{ name: string, what: string, run: (rehearsal: import('./rehearse.mjs').Rehearsal) => unknown }[]} */
export const TRIALS = [
  { name: 'doors', what: 'imports and requires every door of each package, installed alone', run: doors },
  { name: 'npx', what: 'runs both commands with npx, and lets them talk', run: npx },
  { name: 'types', what: 'compiles imports of every door, as nodenext and for a bundler', run: types },
  { name: 'runtimes', what: 'runs the libraries in Bun and Deno', run: runtimes },
  {
    name: 'browser',
    what: 'builds codec and scheduler with vite, for a page with a strict policy',
    run: browser,
  },
];

/** The same names through `import` and through `require`, of every door. */
const DOORS = `
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
for (const door of process.argv.slice(2)) {
  const [imported, required] = [await import(door), require(door)].map((all) => Object.keys(all).sort().join());
  if (imported !== required) throw new Error(door + ' gives ' + imported + ' to import, and ' + required + ' to require');
  if (imported === '') throw new Error(door + ' gives nothing');
}
`;

/** Several at a time: npm waits more than it works. */
async function doors(rehearsal) {
  const left = publishedPackages(rehearsal.root);
  const worker = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await doorsOf(rehearsal, one);
  };
  await Promise.all([worker(), worker(), worker()]);
}

async function doorsOf(rehearsal, { name, version, manifest }) {
  const folder = emptyFolder(rehearsal, `alone-${name.split('/')[1]}`);
  await install(rehearsal, folder, [name]);
  const installed = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
  if (installed.version !== version)
    throw new Stop(`npm install ${name} gives ${installed.version}, not ${version}`);
  writeFileSync(join(folder, 'doors.mjs'), DOORS);
  const { status, stderr } = await node(at(rehearsal, folder), ['doors.mjs', ...doorsIn(name, manifest)]);
  if (status !== 0) throw new Stop(`a door of ${name} does not open:\n${stderr}`);
}

/** What can be imported of a package: `@proto/codec`, `@proto/codec/node` and so on. */
function doorsIn(name, { exports }) {
  return Object.keys(exports)
    .filter((door) => door !== './package.json')
    .map((door) => name + door.slice(1));
}

function at({ env }, folder) {
  return { root: folder, env };
}

/** Each end in a folder of its own, with nothing installed. The client's last line closes the server. */
async function npx(rehearsal) {
  const start = (name, args) => {
    const folder = emptyFolder(rehearsal, `npx-${name}`);
    const all = ['--yes', `@${rehearsal.scope}/${name}`, ...args];
    const child = spawn(...executable('npx', all), { cwd: folder, env: rehearsal.env });
    const output = { stdout: '', stderr: '' };
    for (const key of ['stdout', 'stderr']) child[key].on('data', (text) => (output[key] += text));
    const ended = new Promise((resolve) => child.once('close', (status) => resolve({ status, ...output })));
    return { child, ended };
  };
  const server = start('server', ['--port', '0', '--order', 'free']);
  try {
    const client = start('client', [await firstAddress(server)]);
    client.child.stdin.end('hello\nquit\n');
    const [said, told] = await Promise.all([client.ended, server.ended]);
    if (said.status === 0 && said.stdout === 'HELLO\n' && told.status === 0) return;
    throw new Stop(
      [
        `the client ended with ${said.status}, the server with ${told.status}:`,
        said.stdout + said.stderr,
        told.stdout + told.stderr,
      ].join('\n'),
    );
  } finally {
    server.child.kill();
  }
}

/** Where a server listens: it says so in its first line. */
async function firstAddress({ child, ended }) {
  const lines = createInterface(child.stdout);
  const first = await Promise.race([new Promise((resolve) => lines.once('line', resolve)), ended]);
  const [, address] = typeof first === 'string' ? (/listening on (\S+)$/.exec(first) ?? []) : [];
  if (address === undefined) throw new Stop(`npx starts no server: ${JSON.stringify(first)}`);
  return address;
}

/** All packages in one folder, compiled with every check, also of their own types. */
async function types(rehearsal) {
  const folder = await everything(rehearsal);
  const all = publishedPackages(rehearsal.root).flatMap(({ name, manifest }) => doorsIn(name, manifest));
  const source = all.map((door, index) => `import * as door${index} from '${door}';\nvoid door${index};\n`);
  // Types that are `any` would compile as well.
  const wrong = `// @ts-expect-error There is no such name.\nvoid door0.noSuchName;\n`;
  writeFileSync(join(folder, 'doors.ts'), [...source, wrong].join(''));
  const tsc = createRequire(join(rehearsal.from, 'package.json')).resolve('typescript/bin/tsc');
  const compile = async (module, moduleResolution) => {
    const config = `tsconfig.${moduleResolution}.json`;
    const checks = { strict: true, skipLibCheck: false, noEmit: true, types: ['node'] };
    const compilerOptions = { ...checks, target: 'es2023', module, moduleResolution };
    writeFileSync(join(folder, config), JSON.stringify({ compilerOptions, files: ['doors.ts'] }));
    const { status, stdout } = await node(at(rehearsal, folder), [tsc, '--project', config]);
    if (status !== 0) throw new Stop(`the types do not compile as ${moduleResolution}:\n${stdout}`);
  };
  await Promise.all([compile('nodenext', 'nodenext'), compile('esnext', 'bundler')]);
}

/** Lines cut in two, and turns: what both libraries are for. Prints `HELLO small`. */
export function programOf(scope) {
  return `
import { lines } from '@${scope}/codec';
import { TurnQueue } from '@${scope}/scheduler';
import { FairQueue } from '@${scope}/scheduler/queue';

const decoder = lines({ charset: 'text' }).decoder();
const bytes = new TextEncoder().encode('hello\\n');
const [frame] = [...decoder.push(bytes.subarray(0, 2)), ...decoder.push(bytes.subarray(2))];
const queue = new TurnQueue({ order: 'fair' });
for (const id of ['big', 'small']) queue.join(id);
for (const [id, item] of [['big', 1], ['big', 2], ['small', 3]]) queue.push(id, item);
queue.take();
const said = await new FairQueue({ concurrency: 1 }).run('all', async () => frame.toUpperCase() + ' ' + queue.take().id);
`;
}

async function runtimes(rehearsal) {
  const folder = await everything(rehearsal);
  writeFileSync(join(folder, 'program.mjs'), `${programOf(rehearsal.scope)}console.log(said);\n`);
  const commands = { bun: ['run', 'program.mjs'], deno: ['run', '--node-modules-dir=manual', 'program.mjs'] };
  for (const [name, args] of Object.entries(commands)) {
    const program = binaryOf(name);
    if (program === undefined) {
      rehearsal.print(`SKIPPED: ${name}: there is none for ${process.platform} ${process.arch}`);
      continue;
    }
    const env = { ...rehearsal.env, DENO_NO_UPDATE_CHECK: '1' };
    const { status, stdout, stderr } = await call(program, args, { cwd: folder, env });
    if (status !== 0 || stdout.trim() !== 'HELLO small') throw new Stop(`${name} fails:\n${stdout}${stderr}`);
  }
}

async function browser(rehearsal) {
  const folder = emptyFolder(rehearsal, 'browser');
  const { scope } = rehearsal;
  await install(rehearsal, folder, [`@${scope}/codec`, `@${scope}/scheduler`]);
  return inBrowser(rehearsal, folder, programOf(scope));
}

/** A folder with all packages. */
async function everything(rehearsal) {
  const folder = emptyFolder(rehearsal, 'everything');
  const { catalog } = parse(readFileSync(join(rehearsal.root, 'pnpm-workspace.yaml'), 'utf8'));
  const names = publishedPackages(rehearsal.root).map(({ name }) => name);
  await install(rehearsal, folder, [...names, `@types/node@${catalog['@types/node']}`]);
  return folder;
}
