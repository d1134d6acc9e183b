/** A fault on purpose. Not to be confused with the fault of a frame, which a decoder reports. */
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

/** The injected faults that are on, each with its number; 1 for those without one. */
export type InjectedFaults = ReadonlyMap<InjectedFault, number>;

/** The time between two writes that must not arrive as one. In milliseconds. */
export const APART_MS = 50;

/** The time between a line and its reset, so that the line is read and answered. In milliseconds. */
export const RESET_AFTER_MS = 500;

/** The description of one injected fault. */
export interface InjectedFaultRow {
  /** What the number counts (`name`: milliseconds or a count), from `least` to `most`. If absent, there is no number. */
  readonly number?: { readonly name: 'MS' | 'N'; readonly least: number; readonly most: number };
  /** What it does, in one line. */
  readonly does: (number: number) => string;
}

/** Every injected fault: `--NAME` on the command line, `/fault NAME` in the running client. */
export const INJECTED_FAULTS: Readonly<Record<InjectedFault, InjectedFaultRow>> = {
  drip: {
    number: { name: 'MS', least: 0, most: 60_000 },
    does: (ms) => `sends each byte in its own write, ${ms} ms apart`,
  },
  coalesce: {
    number: { name: 'N', least: 2, most: 10_000 },
    does: (lines) => `sends ${lines} lines in one write; a command sends what is held`,
  },
  cut: {
    number: { name: 'N', least: 1, most: 1_000_000 },
    does: (byte) => `cuts each line after byte ${byte}: two writes, ${APART_MS} ms apart`,
  },
  'split-crlf': {
    does: () => `ends lines in CR LF, and sends the LF ${APART_MS} ms after the CR`,
  },
  'half-close': { does: () => 'sends FIN after your next line: you send no more, but still listen' },
  rst: { does: () => `${RESET_AFTER_MS} ms after your next line, sends RST: both directions end at once` },
  deaf: { does: () => 'reads nothing: what comes waits in buffers, and you do not see the connection end' },
  garbage: { does: () => 'begins each message with byte 0xFF, which is not text' },
  long: {
    number: { name: 'N', least: 1, most: 10_000_000 },
    does: (bytes) => `makes each message ${bytes} ${bytes === 1 ? 'byte' : 'bytes'} long`,
  },
};

/** Every fault name, in the order of the list. */
export const INJECTED_FAULT_NAMES: readonly InjectedFault[] = Object.keys(INJECTED_FAULTS) as InjectedFault[];

/** Whether this is the name of a fault. */
export function isInjectedFault(name: string): name is InjectedFault {
  return Object.hasOwn(INJECTED_FAULTS, name);
}

/** The usage of a fault: `drip MS`. */
export function usageOf(name: InjectedFault): string {
  const { number } = INJECTED_FAULTS[name];
  return number === undefined ? name : `${name} ${number.name}`;
}

/** What a fault does: `drip: sends each byte ...`. */
export function describeInjected(name: InjectedFault, number: number): string {
  return `${name}: ${INJECTED_FAULTS[name].does(number)}`;
}

/**
 * Parses the number of an injected fault. 1 for a fault without a number.
 *
 * Errors: as data: what was `expected`, in words.
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
