import { readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { count } from '@proto/protocol';
import { formatDiff, play, readTranscript, type Transcript } from '@proto/protocol/testing';
import { escape } from '@proto/xray';
import { dial, formatEndpoint, type Endpoint } from '../dial/dial.ts';
import { EXIT } from '../mode/exit-codes.ts';
import { whyUnread } from '../mode/unread.ts';
import { WirePeer } from './wire-peer.ts';

/** A transcript, and the server to compare with it. */
export interface ExpectOptions extends Endpoint {
  /** The transcript's file. */
  readonly file: string;
  /** The server's limit. Its own lines may be 128 bytes longer. */
  readonly maxLineBytes: number;
  /** How long to wait for a line, ms. */
  readonly silenceMs: number;
}

/** Where the result is written. */
export interface ExpectStreams {
  readonly output: Writable;
  readonly errors: Writable;
}

/**
 * Plays a transcript against a server. If the server differs, writes a diff to the output and a summary to the error
 * stream.
 *
 * Errors: rejects with `ClientError` if the server can't be reached.
 */
export async function expectTranscript(
  { file, maxLineBytes, silenceMs, ...endpoint }: ExpectOptions,
  { output, errors }: ExpectStreams,
): Promise<number> {
  const transcript = await load(file);
  if (typeof transcript === 'string') {
    errors.write(`${escape(transcript)}\n`);
    return EXIT.noInput;
  }
  const peers: WirePeer[] = [];
  const listen = { maxLineBytes, silenceMs };
  try {
    const played = await play(transcript, async () => {
      const peer = await dial(endpoint, (socket) => new WirePeer(socket, listen));
      peers.push(peer);
      return peer;
    });
    if (played.differences.length === 0) {
      output.write(`${escape(file)}: ${count(played.held, 'line')} as expected\n`);
      return EXIT.ok;
    }
    const diff = formatDiff(transcript, played, { transcript: file, server: formatEndpoint(endpoint) });
    output.write(diff.split('\n').map(escape).join('\n'));
    errors.write(`${verdict(file, transcript, played.differences.length, played.stoppedAt)}\n`);
    return EXIT.unanswered;
  } finally {
    for (const peer of peers) peer.close();
  }
}

/** Reads a transcript, or says why it can't. */
async function load(file: string): Promise<Transcript | string> {
  try {
    return readTranscript(await readFile(file, 'latin1'));
  } catch (error) {
    if (error instanceof SyntaxError) return error.message.replace('transcript', `transcript ${file}`);
    return `Cannot read transcript ${file}: ${whyUnread(error)}`;
  }
}

function verdict(
  file: string,
  { flags, rows }: Transcript,
  differences: number,
  stoppedAt: number | undefined,
): string {
  const stopped =
    stoppedAt === undefined ? '' : `, and nothing was played after line ${stoppedAt + 1} of ${rows.length}`;
  const started = flags.length === 0 ? '' : `. It is for a server started with: ${flags.join(' ')}`;
  return escape(
    `Cannot pass ${file}: the server differs in ${count(differences, 'place')}${stopped}${started}`,
  );
}
