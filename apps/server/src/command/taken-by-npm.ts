/**
 * Finds flags that npm has taken for itself: of `npm start --order free`, only `free` reaches the program. Returns what to do, in
 * one line. `flags`: those of this program, none of which npm has.
 *
 * Source: npm sets `npm_config_x_y` for `--x-y`, and `npm_lifecycle_event` for the script that it runs.
 */
export function takenByNpm(
  flags: readonly string[],
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const script = env['npm_lifecycle_event'];
  if (script === undefined) return undefined;
  const arrived = new Set(argv.map((word) => word.split('=', 1)[0]));
  const taken = flags.filter((flag) => env[variableOf(flag)] !== undefined && !arrived.has(flag));
  if (taken.length === 0) return undefined;
  const run = script === 'start' ? 'npm start' : `npm run ${script}`;
  const names = taken.join(' ');
  return `npm took ${names} for itself. Write -- before what is for this program: ${run} -- ${names}`;
}

function variableOf(flag: string): string {
  return `npm_config_${flag.slice(2).replaceAll('-', '_')}`;
}
