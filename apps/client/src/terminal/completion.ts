import { INJECTED_FAULT_NAMES } from '@proto/faults';
import { XRAY_CLOCKS } from '@proto/xray';
import { VERBS } from './local-commands.ts';
import type { Standing } from './standing.ts';

/** What can follow a verb. */
const ARGUMENTS: Readonly<Record<string, (standing: Standing) => readonly string[]>> = {
  to: ({ names, seats, seat }) => [
    ...[...names].filter(([of]) => of !== seat).map(([, name]) => name),
    ...[...seats].filter((of) => of !== seat).map(String),
  ],
  fault: () => [...INJECTED_FAULT_NAMES, 'off'],
  xray: () => ['on', 'off', 'json', 'legend', ...XRAY_CLOCKS],
};

/**
 * Completes what is typed: `/verb`, the recipient of `/to`, and the arguments of `/fault` and `/xray`.
 *
 * Shape: as `node:readline` expects it: the candidates, each followed by a space, and the part that they would replace.
 */
export function complete(line: string, standing: Standing): [string[], string] {
  if (/^\/[a-z]*$/i.test(line))
    return [
      fitting(
        VERBS.map((verb) => `/${verb}`),
        line,
      ),
      line,
    ];
  const words = /^\/([a-z]+) +(\S*)$/i.exec(line);
  const verb = words?.[1]?.toLowerCase() ?? '';
  if (!Object.hasOwn(ARGUMENTS, verb)) return [[], line];
  const begun = words![2]!;
  return [fitting(ARGUMENTS[verb]!(standing), begun), begun];
}

function fitting(words: readonly string[], begun: string): string[] {
  return words.filter((word) => word.toLowerCase().startsWith(begun.toLowerCase())).map((word) => `${word} `);
}
