import { createReadStream } from 'node:fs';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe } from './describe.ts';
import { sentences } from './sentences.ts';

const HARBOUR = fileURLToPath(new URL('harbour.nmea', import.meta.url));

/** `host:port`, or the path of a log or a device. */
function open(source: string): Readable {
  const [, host, port] = /^(.+):(\d+)$/.exec(source) ?? [];
  if (port !== undefined) return connect(Number(port), host);
  // A few bytes at a time, as a serial line gives them.
  return createReadStream(source, { highWaterMark: 13 });
}

async function main(source: string): Promise<void> {
  let read = 0;
  let rejected = 0;
  for await (const each of sentences(open(source))) {
    if ('rejected' in each) {
      rejected += 1;
      console.log(`!         ${each.rejected}`);
    } else {
      read += 1;
      const text = describe(each);
      if (text !== undefined) console.log(text);
    }
  }
  console.log(`${read} sentences, ${rejected} rejected`);
}

const source = process.argv[2] ?? HARBOUR;
main(source).catch((error: Error) => {
  console.error(`Cannot read ${source}: ${error.message}`);
  process.exitCode = 1;
});
