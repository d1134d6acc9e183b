import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { OptionError } from '../../options/options.ts';
import { readText, whyUnread } from '../../text/file-text.ts';
import { type HttpEndpoint, isRead, openEndpoint, reply } from '../http-endpoint.ts';
import { type Files, fileOf, readPage, sendFile } from './files.ts';
import { Guard, PAGE_HEADERS } from './guard.ts';

/** More than a browser shows well. In bytes. */
const MOST_BYTES = 268_435_456;

/** The lessons, and the list of them in the page: there is only the recording. */
const LESSON_FILES = /^\/lesson(?:s\.json|-\d+\.html)$/;
const LESSON_LIST = /<script type="application\/json" id="lessons">.*?<\/script>/s;

export interface ReplayOptions {
  readonly recording: string;
  /** `HOST:PORT`; port 0: any free one. */
  readonly address: string;
  /** Where the files of the page are. */
  readonly folder: string;
  /** Names that requests may use, in addition to those of this machine. */
  readonly names: readonly string[];
}

/**
 * Serves the page with a recording in it, and nothing else. What is wrong with a line of it, the page says.
 *
 * Errors: rejects with an `OptionError` if the recording cannot be read or the page is missing, with a `ListenError` if
 *         the address isn't available.
 */
export async function serveRecording({
  recording,
  address,
  folder,
  names,
}: ReplayOptions): Promise<HttpEndpoint> {
  const page = readPage(folder, { key: 'replay', value: recording });
  const files = withRecording(page, await read(recording));
  // Refuses every request: the names of the page are not known yet.
  let guard = new Guard(0, []);
  const answer = (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
    const refusal = guard.whyNot(request);
    if (refusal !== undefined) reply(response, refusal.status, `${refusal.text}\n`);
    else if (isRead(request, response) && !sendFile(files, request, response))
      reply(response, 404, 'Not found. The recording is at /\n');
    return Promise.resolve();
  };
  const endpoint = await openEndpoint(address, answer);
  guard = new Guard(Number(endpoint.address.slice(endpoint.address.lastIndexOf(':') + 1)), names);
  return endpoint;
}

/** The page with the recording in a data block, which no browser executes. In JSON, `<` occurs only within strings. */
function withRecording(page: Files, recording: string): Files {
  const block = `<script type="application/jsonl" id="recording">${recording.replaceAll('<', String.raw`\u003c`)}</script>`;
  const html = page.get('/')?.bytes.toString().replace(LESSON_LIST, '') ?? '';
  const index = fileOf('index.html', Buffer.from(html + block));
  const others = [...page].filter(([path]) => !LESSON_FILES.test(path));
  return new Map([...others, ['/', index], ['/index.html', index]]);
}

async function read(path: string): Promise<string> {
  try {
    const found = await stat(path);
    // A pipe or a device may have no end.
    if (!found.isFile() && !found.isDirectory()) throw new RangeError('it is not a file on a disk');
    return (await readText(path, MOST_BYTES)).text;
  } catch (error) {
    throw new OptionError(`${path}: ${whyUnread(error)}`, { key: 'replay', cause: error });
  }
}
