import { expect, test } from 'vitest';
import { labHelp } from '../../src/command/lab-flags.ts';
import { parseOptions } from '../../src/command/options.ts';
import { describeInjected, INJECTED_FAULT_NAMES, INJECTED_FAULTS } from '@proto/faults';

/** What a command line asks of the lab. */
function flags(...argv: string[]): unknown {
  const line = parseOptions(argv);
  if (line.kind !== 'run') return 'text' in line ? line.text : line.kind;
  return [line.options.xray, ...line.options.injected];
}

test.each(INJECTED_FAULT_NAMES)(
  'labHelp: %s says what it does in one line, is a flag and is in --help',
  (name) => {
    const number = INJECTED_FAULTS[name].number?.least;
    expect(describeInjected(name, number ?? 1)).toMatch(new RegExp(`^${name}: [\\x20-\\x7e]{20,90}$`));
    expect(flags(`--${name}`, ...(number === undefined ? [] : [String(number)]))).toEqual([
      'off',
      [name, number ?? 1],
    ]);
    expect(labHelp()).toMatch(new RegExp(`^ {2}--${name}( |$)`, 'm'));
  },
);

test.each<[string[], unknown]>([
  [['--xray'], ['text']],
  [
    ['--xray=json', '--drip', '5', '--deaf'],
    ['json', ['drip', 5], ['deaf', 1]],
  ],
  [['--xray', ':1'], ['text']],
  [
    ['--expect', 'x', '--deaf'],
    'Cannot start with --expect and an x-ray or a fault: only what the transcript says is sent',
  ],
  [['--xray-clock', 'utc'], 'Cannot start with --xray-clock "utc": expected start or wall'],
  [['--xray=hex'], 'Cannot start with --xray="hex": expected text or json'],
  [['--cut', '0'], 'Cannot start with --cut "0": expected an integer from 1 to 1000000'],
  [['--coalesce', '1'], 'Cannot start with --coalesce "1": expected an integer from 2 to 10000'],
  [['--drip', '1e3'], 'Cannot start with --drip "1e3": expected an integer from 0 to 60000'],
])('parseOptions: %o', (argv, want) => expect(flags(...argv)).toEqual(want));
