import { checkFor } from '../charset.ts';
import { closeWith, contentToLatin1, refuse } from '../encode.ts';
import type { Content } from '../frame.ts';
import { host } from '../host.ts';
import { type Limits, refuseOption } from '../limits.ts';
import { markText } from './marks.ts';

/** A delimiter as it stands in frames of text and in frames of bytes, and what checks the content before it. */
interface Kept {
  readonly text: string;
  readonly bytes: string;
  readonly close: (content: string) => string;
}

/**
 * Encodes frames that keep their delimiter: as they are. Refuses those that would be decoded as other frames. `longestFirst`
 * has the delimiters.
 */
export function encodeKept(longestFirst: readonly Uint8Array[], limits: Limits): (frame: Content) => string {
  const marks = longestFirst.map(markText);
  const kept = longestFirst.map((mark): Kept => {
    const bytes = markText(mark);
    const text = limits.charset === 'utf8' ? utf8Text(mark) : bytes;
    return { text, bytes, close: closeWith(bytes, marks) };
  });

  return (frame) => {
    const isText = typeof frame === 'string';
    const whole = isText
      ? frame
      : contentToLatin1(frame, { ...limits, charset: 'bytes', maxFrameBytes: Infinity });
    const end = kept.find(({ text, bytes }) => whole.endsWith(isText ? text : bytes));
    if (end === undefined) refuse('it does not end with a delimiter, and keepDelimiter is true');
    if (marks.some((mark) => mark.length > end.bytes.length && mark.startsWith(end.bytes)))
      refuse('its delimiter could be read as the beginning of a longer one');
    const content = frame.slice(0, frame.length - (isText ? end.text : end.bytes).length);
    return end.close(contentToLatin1(content, limits));
  };
}

function utf8Text(mark: Uint8Array): string {
  const check = checkFor('utf8');
  const isWhole = check.find(mark, 0, mark.length) === mark.length && check.pending === 0;
  if (!isWhole) refuseOption('keepDelimiter', true, 'false: a delimiter is not UTF-8');
  return host.utf8(mark, 0, mark.length);
}
