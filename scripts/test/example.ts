import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';
import { packAll } from '../release/pack.mjs';
import { Program } from './program.ts';

const EXAMPLES = resolve('examples');
/** What running an example leaves in its folder. */
const LEFTOVERS = new Set(['node_modules', 'package-lock.json', 'orders.log']);
const OXLINT = resolve('node_modules/oxlint/bin/oxlint');
const COMMANDS = 'npm install\nnpm start\n';

/** The examples, by the names of their folders. */
export function examples(): string[] {
  return readdirSync(EXAMPLES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

/** Every published package, packed into a temporary folder. */
export interface Tarballs {
  /** The path of a package's tarball, by its name. */
  readonly files: ReadonlyMap<string, string>;
  remove(): void;
}

export function pack(): Tarballs {
  const folder = temporaryFolder();
  const files = new Map(packAll({ folder }).map(({ name, file }) => [name, file]));
  return { files, remove: () => rmSync(folder, { recursive: true }) };
}

/** A copy of an example outside the repository, with its packages installed from tarballs. */
export class Example {
  readonly folder: string;
  readonly readme: string;
  readonly #context: TestContext;

  /** It is removed when the test of that context ends. */
  constructor(name: string, context: TestContext) {
    this.#context = context;
    this.folder = temporaryFolder();
    context.onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
    cpSync(join(EXAMPLES, name), this.folder, {
      recursive: true,
      filter: (path) => !LEFTOVERS.has(basename(path)),
    });
    this.readme = readFileSync(join(this.folder, 'README.md'), 'utf8');
  }

  /** Does what the README says. */
  async install({ files }: Tarballs): Promise<void> {
    if (!this.readme.includes(`\`\`\`sh\n${COMMANDS}\`\`\``))
      throw new Error(`Cannot install: the README doesn't say ${JSON.stringify(COMMANDS)}`);
    const path = join(this.folder, 'package.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as {
      dependencies: Record<string, string>;
      overrides?: Record<string, string>;
    };
    // What nobody has published comes from its tarball, for the packages too that depend on it.
    manifest.overrides = {};
    for (const [name, file] of files) {
      if (manifest.dependencies[name] !== undefined) manifest.dependencies[name] = `file:${file}`;
      manifest.overrides[name] = `file:${file}`;
    }
    writeFileSync(path, JSON.stringify(manifest));
    await this.run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund');
  }

  /** Checks its types, and lints it where its packages can be found. Errors: rejects with what is wrong. */
  async check(): Promise<void> {
    await this.run('npm', 'run', 'check');
    const sources = readdirSync(this.folder).filter((file) => file.endsWith('.ts'));
    const paths = sources.map((file) => join(this.folder, file));
    await run(process.execPath, [OXLINT, '--type-aware', '--quiet', '-c', '.oxlintrc.json', ...paths], '.');
  }

  /** Runs a command to its end and gives what it printed. Errors: rejects if it fails, with what it printed. */
  run(command: string, ...args: string[]): Promise<string> {
    return run(command, args, this.folder);
  }

  /** `npm start`, with what is started by it. It ends with the test. */
  start(...args: string[]): Program {
    const options = { cwd: this.folder, path: [], isGroup: true };
    const program = new Program('npm', ['--silent', 'start', '--', ...args], options);
    this.#context.onTestFinished(async () => {
      program.kill('SIGKILL');
      await program.ended;
    });
    return program;
  }

  /** What the README shows of the terminal. */
  get shown(): string {
    const [, text] = /```text\n(.*?)```/s.exec(this.readme) ?? [];
    if (text === undefined) throw new Error('Cannot compare: the README shows no terminal');
    return text;
  }
}

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd }).catch((error: unknown) => {
    const { stdout: out, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`Cannot run ${command} ${args.join(' ')}: ${out}${stderr}`, { cause: error });
  });
  return stdout;
}

/** A port that nobody has at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** What was printed, with N for each number: ports, times and counts differ. */
export function withoutNumbers(printed: string): string {
  return printed.replaceAll(/\d+(?:\.\d+)*/g, 'N');
}

function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'example-')));
}
