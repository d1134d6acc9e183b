import { type Framing, lines } from '@proto/codec';
import { chunk } from '@proto/codec/framings';
import { lineLimits } from '@proto/protocol';
import type { Settings } from '../options/options.ts';

/** How what is read from a client, and what is written to it, is cut into lines. */
export function framingsOf({
  framing,
  maxLineBytes,
}: Pick<Settings, 'framing' | 'maxLineBytes'>): Readonly<Record<'read' | 'write', Framing>> {
  const cut = framing === 'lines' ? lines : chunk;
  const { toServer, toClient } = lineLimits(maxLineBytes);
  return { read: cut(toServer), write: cut(toClient) };
}
