// Runs git, npm and Node for the release, and gives what they print.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { executable } from '../executable.mjs';

/**
 * What git prints, without the line end; `undefined` if it fails.
 *
 * @param {{ root: string, env: NodeJS.ProcessEnv }} where
 * @param {string[]} args
 * @returns {string | undefined}
 */
export function git({ root, env }, args) {
  const { status, stdout } = spawnSync('git', args, { cwd: root, env, encoding: 'utf8', maxBuffer: 2 ** 26 });
  return status === 0 ? stdout.trimEnd() : undefined;
}

/**
 * Runs npm to its end, without input.
 *
 * @param {{ root: string, env: NodeJS.ProcessEnv }} where
 * @param {string[]} args
 * @returns {Promise<{ status: number, stdout: string, stderr: string }>}
 */
export function npm({ root, env }, args) {
  return call('npm', args, { cwd: root, env });
}

/**
 * Runs npm in the foreground, where it can ask for a second factor.
 *
 * @param {{ root: string, env: NodeJS.ProcessEnv }} where
 * @param {string[]} args
 * @returns {Promise<{ status: number, stderr: string }>}
 */
export async function showNpm({ root, env }, args) {
  const child = spawn(...executable('npm', args), { cwd: root, env, stdio: 'inherit' });
  const [status] = await once(child, 'close');
  return { status: status ?? 1, stderr: 'see above' };
}

/**
 * Runs Node to its end, without input. The arguments are handed over as they are.
 *
 * @param {{ root: string, env: NodeJS.ProcessEnv }} where
 * @param {string[]} args
 * @returns {Promise<{ status: number, stdout: string, stderr: string }>}
 */
export function node({ root, env }, args) {
  return call(process.execPath, args, { cwd: root, env });
}

/**
 * Runs Node in the foreground: what it prints is shown.
 *
 * @param {{ root: string, env: NodeJS.ProcessEnv }} where
 * @param {string[]} args
 * @returns {number} its exit code
 */
export function show({ root, env }, args) {
  return spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1;
}

/**
 * Runs a program to its end, without input.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<{ status: number, stdout: string, stderr: string }>} `status` is 1 if a signal ended it
 */
export async function call(program, args, options) {
  const child = spawn(...executable(program, args), { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
  }
  const [status] = await once(child, 'close');
  return { status: status ?? 1, ...output };
}
