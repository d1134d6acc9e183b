import { type Bytes, isBytes } from './bytes.ts';
import { contentToLatin1, latin1ToBytes } from './encode.ts';
import type { Content } from './frame.ts';
import { type Decoder, type Framing, framing } from './framing.ts';
import { host } from './host.ts';
import type { Limits } from './limits.ts';

/** The content of a frame as bytes, checked against the charset and the limit. Perhaps the frame itself: only read it. */
export function contentToBytes(frame: Content, limits: Limits): Uint8Array {
  if (limits.charset === 'bytes' && isBytes(frame) && frame.length <= limits.maxFrameBytes) return frame;
  return latin1ToBytes(contentToLatin1(frame, limits));
}

/** Makes a framing of its two halves, of which the second makes bytes. */
export function binaryFraming<T extends Content>(
  decoder: () => Decoder<Content>,
  encode: (frame: Content) => Bytes,
): Framing<T> {
  function encodeToLatin1(frame: Content): string {
    const bytes = encode(frame);
    return host.latin1(bytes, 0, bytes.length);
  }
  return framing(decoder, encodeToLatin1, encode);
}
