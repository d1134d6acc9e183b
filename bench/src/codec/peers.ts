import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { ReadlineParser } from '@serialport/parser-readline';
import { type Frame, lines, type LinesOptions } from '@proto/codec';
import split2 from 'split2';
import type { Contestant } from '../race.ts';
import { Digest } from './digest.ts';

type Chunks = readonly Uint8Array[];

/** Our decoder, all checks on, by `read()`. */
export function ours(
  chunks: Chunks,
  options: LinesOptions & { readonly charset: 'ascii' | 'text' },
): Contestant {
  const framing = lines({ maxFrameBytes: 65_536, ...options });
  return {
    name: `lines, charset ${options.charset}`,
    async run(thorough) {
      const digest = new Digest(thorough);
      const decoder = framing.decoder();
      for (const chunk of chunks) {
        decoder.push(chunk);
        for (let frame = decoder.read(); frame !== undefined; frame = decoder.read()) {
          if (typeof frame === 'string') digest.add(frame);
          else throw new Error(`Cannot race with a fault: ${frame.code}`);
        }
      }
      return digest.toString();
    },
  };
}

function take(digest: Digest, frame: Frame): void {
  if (typeof frame === 'string') digest.add(frame);
  else throw new Error(`Cannot race with a fault: ${frame.code}`);
}

/** Our decoder as most will write it: all frames of a chunk at once, or one by one in a loop. Default options. */
export function oursBy(way: 'decode' | 'for...of', chunks: Chunks): Contestant {
  const framing = lines();
  if (way === 'decode') {
    return {
      name: way,
      async run(thorough) {
        const digest = new Digest(thorough);
        const decoder = framing.decoder();
        for (const chunk of chunks) for (const frame of decoder.decode(chunk)) take(digest, frame);
        return digest.toString();
      },
    };
  }
  return {
    name: way,
    async run(thorough) {
      const digest = new Digest(thorough);
      const decoder = framing.decoder();
      for (const chunk of chunks) for (const frame of decoder.push(chunk)) take(digest, frame);
      return digest.toString();
    },
  };
}

/** split2 as it comes: at LF or CRLF, which is our `either`. */
export function split2Peer(chunks: Chunks): Contestant {
  return {
    name: 'split2',
    async run(thorough) {
      const digest = new Digest(thorough);
      const stream = split2();
      stream.on('data', (line: string) => digest.add(line));
      for (const chunk of chunks) stream.write(chunk);
      return digest.toString();
    },
  };
}

/** `readline` on a stream that flows, given chunks as a socket gives them to itself. */
export function readlinePeer(chunks: Chunks): Contestant {
  return {
    name: 'readline',
    async run(thorough) {
      const digest = new Digest(thorough);
      const input = new Readable({ read() {} });
      const reader = createInterface({ input, crlfDelay: Infinity });
      reader.on('line', (line) => digest.add(line));
      await setImmediate();
      for (const chunk of chunks) input.push(chunk);
      reader.close();
      return digest.toString();
    },
  };
}

/** serialport's own parser. */
export function serialportPeer(chunks: Chunks): Contestant {
  return {
    name: 'serialport parser',
    async run(thorough) {
      const digest = new Digest(thorough);
      const parser = new ReadlineParser({ delimiter: '\n', encoding: 'latin1' });
      parser.on('data', (line: string) => digest.add(line));
      for (const chunk of chunks) parser.write(chunk);
      return digest.toString();
    },
  };
}

/** What one writes by hand: no limit, no check. */
export function handPeer(chunks: Chunks, end: '\n' | '\r\n' = '\n'): Contestant {
  return {
    name: 'latin1 and split by hand',
    async run(thorough) {
      const digest = new Digest(thorough);
      let carry = '';
      for (const chunk of chunks) {
        const split = (carry + Buffer.prototype.latin1Slice.call(chunk)).split(end);
        carry = split.pop() ?? '';
        for (const line of split) digest.add(line);
      }
      return digest.toString();
    },
  };
}

/**
 * The least there is to do for lines as strings: text in windows of 4 KiB, `indexOf`, `slice`. No limit, no check, no CR,
 * no offset, nothing but this one loop. Nobody's code: it shows what the machine leaves to those who do all of that.
 */
export function barePeer(chunks: Chunks): Contestant {
  return {
    name: 'a bare loop of indexOf and slice',
    async run(thorough) {
      const digest = new Digest(thorough);
      let carry = '';
      for (const chunk of chunks) {
        for (let at = 0; at < chunk.length;) {
          const text: string = Buffer.prototype.latin1Slice.call(
            chunk,
            at,
            Math.min(at + 4096, chunk.length),
          );
          let from = 0;
          for (let lf = text.indexOf('\n'); lf !== -1; lf = text.indexOf('\n', from)) {
            const line = text.slice(from, lf);
            digest.add(carry === '' ? line : carry + line);
            carry = '';
            from = lf + 1;
          }
          at += from;
          if (from > 0 && at - from + text.length < chunk.length) continue;
          carry += text.slice(from);
          at += text.length - from;
        }
      }
      return digest.toString();
    },
  };
}
