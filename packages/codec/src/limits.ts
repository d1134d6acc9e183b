import type { Charset } from './charset.ts';
import { oneLine, shown } from './one-line.ts';

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
  /** Where the options come from, for people: every preset says it. Decoders don't use it. */
  readonly source?: string | undefined;
}

/** `FramingOptions`, checked, with the defaults filled in. */
export interface Limits {
  readonly maxFrameBytes: number;
  readonly truncate: boolean;
  readonly maxTakeBytes: number;
  readonly charset: Charset;
  /** What content that the end of the stream cuts off is. */
  readonly onTail?: 'fault' | 'frame' | undefined;
}

// V8's longest string is 2^29 - 24. A limit has to leave space for what surrounds the content.
const MOST = 2 ** 28;

/**
 * The names of options, for `checkOptions`. The type makes the table complete: an option that is added has to be listed.
 * An option of type `never` is refused like any other unknown name.
 */
export type OptionNames<Options> = {
  readonly [Name in keyof Options as [Exclude<Options[Name], undefined>] extends [never] ? never : Name]-?:
    | true
    | readonly Exclude<Options[Name], undefined>[];
};

/**
 * Refuses options that aren't an object, and names that aren't options. Inherited names count too: an AbortSignal in
 * place of `{ signal }` has others. `act` is what can't be done: `make framing`.
 */
export function checkOptions<Options extends object>(
  act: string,
  options: Options,
  names: OptionNames<NoInfer<Options>>,
): void {
  // A caller without types may do this.
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const got = Array.isArray(options) ? 'an array' : shown(options);
    throw new TypeError(`Cannot ${act}: expected options, got ${got}`);
  }
  for (const name in options) {
    const allowed: unknown = Object.hasOwn(names, name) && Reflect.get(names, name);
    if (allowed === false) {
      const known = Object.keys(names).join(', ');
      throw new TypeError(`Cannot ${act}: ${oneLine(name)} is not an option, expected ${known}`);
    }
    const value: unknown = Reflect.get(options, name);
    if (Array.isArray(allowed) && value !== undefined && !allowed.includes(value))
      refuseOption(name, value, allowed.join(', '));
  }
}

/** Checks the options of a framing: those common to all, and the names of its `own`. `usual`: its charset by default. */
export function checkLimits<Options extends FramingOptions>(
  options: Options,
  own: OptionNames<Omit<NoInfer<Options>, keyof FramingOptions>>,
  usual: Charset = 'ascii',
): Limits {
  const common = {
    maxFrameBytes: true,
    onOverflow: ['error', 'truncate'],
    maxTakeBytes: true,
    charset: ['text', 'ascii', 'latin1', 'utf8', 'bytes'],
    source: true,
  } satisfies OptionNames<FramingOptions>;
  checkOptions<object>('make framing', options, { ...common, ...own });
  const { maxFrameBytes = 65_536, onOverflow = 'error', maxTakeBytes = 1_048_576, charset = usual } = options;
  bound('maxFrameBytes', maxFrameBytes, 1);
  bound('maxTakeBytes', maxTakeBytes, 1);
  return { maxFrameBytes, truncate: onOverflow === 'truncate', maxTakeBytes, charset };
}

/** Refuses an option value that isn't an integer from `least` to `most`. */
export function bound(name: string, value: number, least: number, most: number = MOST): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  refuseOption(name, shown(value), `an integer from ${least} to ${most}`);
}

/** Throws: says what an option is, and what it may be. */
export function refuseOption(name: string, is: unknown, expected: string): never {
  throw new RangeError(`Cannot make framing: ${name} is ${oneLine(is)}, expected ${expected}`);
}
