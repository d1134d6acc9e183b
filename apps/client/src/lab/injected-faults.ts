import { excerpt } from '../library/excerpt.ts';

/** A fault on purpose. It is no fault of a frame: that one is what a decoder reports. */
export type InjectedFault =
  | 'drip'
  | 'coalesce'
  | 'cut'
  | 'split-crlf'
  | 'half-close'
  | 'rst'
  | 'deaf'
  | 'garbage'
  | 'long';

/** The injected faults that are on, each with its number; 1 where it has none. */
export type InjectedFaults = ReadonlyMap<InjectedFault, number>;

/** How long two writes are kept apart that must not arrive as one. In milliseconds. */
export const APART_MS = 50;

/** How long a reset comes behind its line, so that the line is read and answered. In milliseconds. */
export const RESET_AFTER_MS = 500;

interface Row {
  /** What the number counts, and its bounds. Absent: there is no number. */
  readonly number?: { readonly name: 'MS' | 'N'; readonly least: number; readonly most: number };
  /** What it does, in one line. */
  readonly does: (number: number) => string;
}

/** Every injected fault: `--NAME` on the command line, `/fault NAME` in the running client. */
export const INJECTED_FAULTS: Readonly<Record<InjectedFault, Row>> = {
  drip: {
    number: { name: 'MS', least: 0, most: 60_000 },
    does: (ms) => `each byte of yours is a write of its own, ${ms} ms apart`,
  },
  coalesce: {
    number: { name: 'N', least: 2, most: 10_000 },
    does: (lines) => `${lines} lines of yours go in one write; a command sends what is held`,
  },
  cut: {
    number: { name: 'N', least: 1, most: 1_000_000 },
    does: (byte) => `each line of yours is cut behind byte ${byte}: two writes, ${APART_MS} ms apart`,
  },
  'split-crlf': {
    does: () => `lines of yours end in CR LF, and the LF goes ${APART_MS} ms after the CR`,
  },
  'half-close': { does: () => 'FIN behind your next line: you say no more, and still listen' },
  rst: { does: () => `RST ${RESET_AFTER_MS} ms behind your next line: the connection is gone at once` },
  deaf: { does: () => 'nothing is read any more: TCP pushes back, and you notice no end' },
  garbage: { does: () => 'each message of yours begins with byte 0xFF, which is no text' },
  long: {
    number: { name: 'N', least: 1, most: 10_000_000 },
    does: (bytes) => `each message of yours is made ${bytes} bytes long`,
  },
};

/** Every name, in the order they are listed. */
export const INJECTED_FAULT_NAMES: readonly InjectedFault[] = Object.keys(INJECTED_FAULTS) as InjectedFault[];

/** Whether this is the name of one. */
export function isInjectedFault(name: string): name is InjectedFault {
  return Object.hasOwn(INJECTED_FAULTS, name);
}

/** How one is written: `drip MS`. */
export function usageOf(name: InjectedFault): string {
  const { number } = INJECTED_FAULTS[name];
  return number === undefined ? name : `${name} ${number.name}`;
}

/** What one does: `drip: each byte ...`. */
export function describeInjected(name: InjectedFault, number: number): string {
  return `${name}: ${INJECTED_FAULTS[name].does(number)}`;
}

/**
 * Reads the number of an injected fault as it was written. 1 for one that has none.
 *
 * Errors: as data: what was expected, in words.
 */
export function injectedNumber(
  name: InjectedFault,
  written: string | undefined,
): number | { expected: string } {
  const { number } = INJECTED_FAULTS[name];
  if (number === undefined) return written === undefined ? 1 : { expected: 'no number' };
  const value = /^\d{1,9}$/.test(written ?? '') ? Number(written) : NaN;
  if (value >= number.least && value <= number.most) return value;
  return { expected: `an integer from ${number.least} to ${number.most}` };
}

/** An injected fault and its number, or what is wrong with what was written. */
export type InjectionWish =
  | { readonly kind: 'on'; readonly name: InjectedFault; readonly number: number }
  | { readonly kind: 'off'; readonly name: InjectedFault | undefined }
  | { readonly kind: 'list' }
  | { readonly kind: 'wrong'; readonly text: string };

/**
 * Reads what follows `/fault`.
 *
 * Shape:  nothing: list; `off`: all off; `NAME [NUMBER]`, `NAME off`.
 * Errors: as data, one line.
 */
export function parseInjection(rest: string): InjectionWish {
  const [name = '', written, ...more] = rest.split(' ').filter((word) => word !== '');
  if (name === '') return { kind: 'list' };
  if (name === 'off' && written === undefined) return { kind: 'off', name: undefined };
  if (!isInjectedFault(name)) {
    return {
      kind: 'wrong',
      text: `Cannot set fault ${excerpt(name)}: expected ${INJECTED_FAULT_NAMES.join(', ')} or off`,
    };
  }
  if (written === 'off' && more.length === 0) return { kind: 'off', name };
  const number =
    more.length > 0 ? { expected: `${usageOf(name)} and no more` } : injectedNumber(name, written);
  if (typeof number === 'number') return { kind: 'on', name, number };
  return { kind: 'wrong', text: `Cannot set fault ${excerpt(rest.trim())}: expected ${number.expected}` };
}
