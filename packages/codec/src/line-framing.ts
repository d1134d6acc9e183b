import { contentToLatin1, refuseMark } from './encode.ts';
import type { Content } from './frame.ts';
import { type Framing, framing } from './framing.ts';
import { checkLimits, type FramingOptions, type OptionNames } from './limits.ts';
import { type LineDecoder, type LineRules, plainBytes } from './line-decoder.ts';
import type { Terminator } from './text-window.ts';

/** What every framing of lines takes. */
interface LineOptions extends FramingOptions {
  readonly terminator?: Terminator | undefined;
  readonly onTail?: 'fault' | 'frame' | undefined;
}

/**
 * Makes the framing of lines that `Decoder` cuts. `own`: the options that not every framing has. `special`: what
 * content may not have.
 */
export function lineFraming<Options extends LineOptions>(
  options: Options,
  own: OptionNames<Omit<NoInfer<Options>, keyof FramingOptions>>,
  Decoder: new (rules: Options & LineRules, plain: Uint8Array) => LineDecoder,
  special?: RegExp,
): Framing<Content> {
  const limits = checkLimits(options, own);
  const { terminator = 'either' } = options;
  const rules = { ...options, ...limits, terminator };
  const plain = plainBytes(rules.charset, terminator);
  const wrong = special ?? (terminator === 'lf' ? /\n/ : /[\r\n]/);

  return framing(
    () => new Decoder(rules, plain),
    (frame) => {
      const content = contentToLatin1(frame, rules);
      const at = content.search(wrong);
      if (at !== -1) refuseMark(content, at);
      return content + (terminator === 'crlf' ? '\r\n' : '\n');
    },
  );
}
