// A package registry on this machine, for the rehearsal: verdaccio. It and two runtimes are locked in `tools`, and are
// installed only for a rehearsal: nobody's first `npm start` waits for 250 MB.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { executable } from '../../executable.mjs';
import { Stop } from '../steps.mjs';

const LISTED = fileURLToPath(new URL('tools', import.meta.url));
const TOOLS = fileURLToPath(new URL('../../../node_modules/.cache/rehearsal', import.meta.url));

/** Installs the tools of the rehearsal, from pnpm's store if they are in it. */
export function installTools() {
  cpSync(LISTED, TOOLS, { recursive: true });
  const options = ['--frozen-lockfile', '--prefer-offline', '--ignore-scripts', '--loglevel=error'];
  const { status, stdout, stderr } = spawnSync(...executable('pnpm', ['install', ...options]), {
    cwd: TOOLS,
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Stop(`the tools of the rehearsal cannot be installed. pnpm said:\n${stdout}${stderr}`);
}

/**
 * The program of a tool that comes as a package for each platform; `undefined` if there is none for this one.
 *
 * @param {'bun' | 'deno'} name
 * @returns {string | undefined}
 */
export function binaryOf(name) {
  const scope = join(
    dirname(realpathSync(join(TOOLS, 'node_modules', name))),
    name === 'bun' ? '@oven' : '@deno',
  );
  const folders = existsSync(scope) ? readdirSync(scope).map((folder) => join(scope, folder)) : [];
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return folders
    .flatMap((folder) => [join(folder, 'bin', file), join(folder, file)])
    .find((path) => existsSync(path));
}

/**
 * Starts a registry on a free port of the loopback address, with nothing in it but a user.
 *
 * @param {string} folder an empty one, for what is published
 * @param {string} user
 * @returns {Promise<{ url: string, token: string, close: () => Promise<void> }>}
 */
export async function openRegistry(folder, user) {
  const url = `http://127.0.0.1:${await freePort()}/`;
  const config = join(folder, 'config.yaml');
  writeFileSync(
    config,
    JSON.stringify({
      storage: join(folder, 'storage'),
      auth: { htpasswd: { file: join(folder, 'htpasswd'), algorithm: 'sha1' } },
      packages: { '**': { access: '$all', publish: '$authenticated' } },
      web: { enable: false },
      log: { type: 'stdout', format: 'json', level: 'warn' },
      max_body_size: '100mb',
    }),
  );
  const log = join(folder, 'log');
  const program = join(TOOLS, 'node_modules', 'verdaccio', 'bin', 'verdaccio');
  const output = openSync(log, 'w');
  const child = spawn(process.execPath, [program, '--config', config, '--listen', url], {
    stdio: ['ignore', output, output],
  });
  const ended = once(child, 'exit');
  const close = async () => {
    child.kill();
    await ended;
  };
  while (
    !(await fetch(`${url}-/ping`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Stop(`the registry ended:\n${readFileSync(log, 'utf8')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const response = await fetch(`${url}-/user/org.couchdb.user:${user}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: user, password: 'rehearsal' }),
  });
  const { token, error } = await response.json();
  if (token === undefined) {
    await close();
    throw new Stop(`the registry takes no user: ${error}`);
  }
  return { url, token, close };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
