import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The built command. */
export const MAIN: string = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** What a command came to. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly input?: string;
  /** Once stderr shows this the input is written; before that nothing is. @default at once */
  readonly inputAfter?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Options of Node's. */
  readonly node?: readonly string[];
}

/** Runs the command to its end. */
export async function run(
  argv: readonly string[],
  { input = '', inputAfter = '', node = [], ...rest }: RunOptions = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [...node, MAIN, ...argv], rest);
  child.stdin.on('error', () => {});
  let shown = '';
  const begin = (part = ''): void => {
    shown += part;
    if (!child.stdin.writableEnded && shown.includes(inputAfter)) child.stdin.end(input);
  };
  begin();
  child.stderr.on('data', (part: Buffer) => begin(part.toString('latin1')));
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: code as number | null, out, err };
}
