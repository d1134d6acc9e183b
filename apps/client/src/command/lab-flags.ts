import {
  INJECTED_FAULT_NAMES,
  INJECTED_FAULTS,
  type InjectedFault,
  injectedNumber,
  type InjectedFaults,
  usageOf,
} from '@proto/faults';
import { XRAY_CLOCKS, type XRayClock } from '@proto/xray';
import type { XRayMode } from '../lab/lab.ts';
import { excerpt } from '../library/excerpt.ts';

/** The flags of the lab, for `parseArgs`. */
export const LAB_CONFIG: Readonly<
  Record<InjectedFault | 'xray' | 'xray-clock', { readonly type: 'boolean' | 'string' }>
> = {
  xray: { type: 'string' },
  'xray-clock': { type: 'string' },
  ...(Object.fromEntries(
    INJECTED_FAULT_NAMES.map((name) => [
      name,
      { type: INJECTED_FAULTS[name].number === undefined ? 'boolean' : 'string' },
    ]),
  ) as Record<InjectedFault, { type: 'boolean' | 'string' }>),
};

/** What the flags of the lab ask for. */
export interface LabFlags {
  readonly injected: InjectedFaults;
  readonly xray: XRayMode;
  readonly xrayClock: XRayClock;
}

/** The same for `--help`. */
export function labHelp(): string {
  const rows = INJECTED_FAULT_NAMES.map((name) => {
    const { number, does } = INJECTED_FAULTS[name];
    const text = does(NaN).replace('NaN', number?.name ?? '');
    return `  ${`--${usageOf(name)}`.padEnd(22)}  ${text}\n`;
  });
  return rows.join('');
}

/** `--xray` alone is `--xray=text`: a flag with an optional value, which `parseArgs` doesn't support. */
export function withXRayValue(argv: readonly string[]): string[] {
  return argv.map((argument) => (argument === '--xray' ? '--xray=text' : argument));
}

/**
 * Parses the flags of the lab.
 *
 * Errors: as data: the flag, its value, and what was expected.
 */
export function parseLab(
  values: Readonly<Partial<Record<InjectedFault | 'xray' | 'xray-clock', string | boolean | undefined>>>,
): LabFlags | { readonly wrong: string } {
  const { xray = 'off', 'xray-clock': clock = 'start' } = values;
  if (xray !== 'off' && xray !== 'text' && xray !== 'json') {
    return { wrong: `Cannot start with --xray=${excerpt(String(xray))}: expected text or json` };
  }
  const xrayClock = XRAY_CLOCKS.find((each) => each === clock);
  if (xrayClock === undefined) {
    const expected = XRAY_CLOCKS.join(' or ');
    return { wrong: `Cannot start with --xray-clock ${excerpt(String(clock))}: expected ${expected}` };
  }
  const injected = new Map<InjectedFault, number>();
  for (const name of INJECTED_FAULT_NAMES) {
    const value = values[name];
    if (value === undefined || value === false) continue;
    const written = typeof value === 'string' ? value : undefined;
    const number = injectedNumber(name, written);
    if (typeof number !== 'number')
      return { wrong: `Cannot start with --${name} ${excerpt(written ?? '')}: expected ${number.expected}` };
    injected.set(name, number);
  }
  return { injected, xray, xrayClock };
}
