/** Flags of ours that npm has too, and that may stand in somebody's `.npmrc`. */
const NPMS_OWN: ReadonlySet<string> = new Set(['help', 'json', 'long', 'name', 'version']);

/** Flags that never reached this program. */
export interface Taken {
  /** What happened and what to type, in one line. */
  readonly text: string;
  /** Whether npm can only have them from the command line. */
  readonly isCertain: boolean;
}

/**
 * Finds flags that npm has taken for itself: of `npm run client HOST --xray`, only `HOST` reaches the program.
 *
 * Source: npm sets `npm_config_x_y` for `--x-y`, and `npm_lifecycle_event` for the script that it runs.
 */
export function takenByNpm(
  flags: readonly string[],
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Taken | undefined {
  const script = env['npm_lifecycle_event'];
  if (script === undefined) return undefined;
  const arrived = new Set(argv.map((word) => word.split('=', 1)[0]));
  const taken = flags.filter(
    (flag) => env[`npm_config_${flag.replaceAll('-', '_')}`] !== undefined && !arrived.has(`--${flag}`),
  );
  if (taken.length === 0) return undefined;
  const names = taken.map((flag) => `--${flag}`).join(' ');
  const run = script === 'start' ? 'npm start' : `npm run ${script}`;
  return {
    text: `npm took ${names} for itself. Write -- before what is for this program: ${run} -- ${names}`,
    isCertain: taken.some((flag) => !NPMS_OWN.has(flag)),
  };
}
