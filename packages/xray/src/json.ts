import { escapeJson } from './escape.ts';
import type { Seen } from './seen.ts';

/**
 * What an x-ray has seen as one JSON object, for tools.
 *
 * Shape: the fields of `Seen`, with `bytes` in hex, and `who` if given; one line of 0x20 to 0x7E.
 */
export function formatJson(seen: Seen, who?: string): string {
  const { kind, direction, ...rest } = seen;
  const facts: Record<string, unknown> = { kind, direction, ...(who === undefined ? {} : { who }), ...rest };
  if (seen.kind === 'chunk') facts['bytes'] = hex(seen.bytes);
  return escapeJson(JSON.stringify(facts));
}

function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
