import type { Charset } from './charset.ts';

/** What every framing takes. */
export interface FramingOptions {
  /** Bytes of content that a frame may have, without its terminator. From 1 to 268,435,456. @default 65_536 */
  readonly maxFrameBytes?: number | undefined;
  /**
   * A longer frame is a `FRAME_TOO_LONG` fault, or is silently truncated to the limit. @default 'error'
   */
  readonly onOverflow?: 'error' | 'truncate' | undefined;
  /** Bytes that `take` may ask for. From 1 to 268,435,456. @default 1_048_576 */
  readonly maxTakeBytes?: number | undefined;
  /** What a frame may contain. @default 'ascii' */
  readonly charset?: Charset | undefined;
}

/** `FramingOptions`, checked, with the defaults filled in. */
export interface Limits {
  readonly maxFrameBytes: number;
  readonly truncate: boolean;
  readonly maxTakeBytes: number;
  readonly charset: Charset;
}

// V8's longest string is 2^29 - 24. A limit has to leave space for what surrounds the content.
const MOST = 2 ** 28;
const CHARSETS: readonly string[] = ['text', 'ascii', 'latin1', 'utf8', 'bytes'];

/** Checks the options common to all framings. */
export function checkLimits(options: FramingOptions): Limits {
  // A caller without types may do this.
  if (typeof options !== 'object')
    throw new TypeError(`Cannot make framing: expected options, got ${shown(options)}`);
  const {
    maxFrameBytes = 65_536,
    onOverflow = 'error',
    maxTakeBytes = 1_048_576,
    charset = 'ascii',
  } = options;
  bound('maxFrameBytes', maxFrameBytes);
  bound('maxTakeBytes', maxTakeBytes);
  oneOf('onOverflow', onOverflow, ['error', 'truncate']);
  oneOf('charset', charset, CHARSETS);
  return { maxFrameBytes, truncate: onOverflow === 'truncate', maxTakeBytes, charset };
}

function bound(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= MOST) return;
  refuseOption(name, shown(value), `an integer from 1 to ${MOST}`);
}

/** Refuses an option value that isn't one of `allowed`. */
export function oneOf(name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) refuseOption(name, value, allowed.join(', '));
}

/** Throws: says what an option is, and what it may be. */
export function refuseOption(name: string, is: string | number, expected: string): never {
  throw new RangeError(`Cannot make framing: ${name} is ${is}, expected ${expected}`);
}

/** A value in an error text. Text is quoted, so that `"5"` isn't taken for a number. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}
