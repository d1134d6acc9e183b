import { type Framing, lines } from '@proto/codec';
import { chunk } from '@proto/codec/framings';
import { lineLimits } from '@proto/protocol';
import type { Settings } from '../options/options.ts';

/** ASCII text with at most this much content, in bytes. */
interface TextOptions {
  readonly charset: 'text';
  readonly maxFrameBytes: number;
}

/** Each framing by its name in the options. */
const FRAMINGS: Readonly<Record<Settings['framing'], (options: TextOptions) => Framing>> = { lines, chunk };

/** How input from a client, and output to it, is cut into lines. */
export function framingsOf({
  framing,
  maxLineBytes,
}: Pick<Settings, 'framing' | 'maxLineBytes'>): Readonly<Record<'read' | 'write', Framing>> {
  const cut = FRAMINGS[framing];
  const { toServer, toClient } = lineLimits(maxLineBytes);
  return { read: cut(toServer), write: cut(toClient) };
}
