import { Transform, type TransformCallback } from 'node:stream';
import type { Meddle } from '../../../cluster/engines/ports.ts';

/** An append, as NATS has it on the wire: `PUB SUBJECT REPLY SIZE` or `HPUB SUBJECT REPLY HEADERS SIZE`. */
const APPEND = /^(H?PUB) (proto\.\S+\.log) (\S+) (.*)$/;

/** Of 100 appends, 12 go wrong: 3 are dropped, 3 doubled, 3 late by up to 40 ms, and the answer to 3 is lost. */
export function mangled(random: () => number): Meddle {
  return () => {
    let rest: Buffer = Buffer.alloc(0);
    return new Transform({
      transform(chunk: Buffer, _, done: TransformCallback) {
        rest = Buffer.concat([rest, chunk]);
        for (;;) {
          const length = lengthOf(rest);
          if (length === undefined) break;
          const message = rest.subarray(0, length);
          rest = rest.subarray(length);
          const late = (piece: Buffer): void =>
            void setTimeout(() => void (this.writable && this.push(piece)), 40 * random());
          for (const piece of after(message, random(), late)) this.push(piece);
        }
        done();
      },
    });
  };
}

/** What is passed on of a message at once. */
function after(message: Buffer, chance: number, late: (piece: Buffer) => void): readonly Buffer[] {
  const end = message.indexOf('\r\n');
  const head = APPEND.exec(message.toString('latin1', 0, end));
  if (head === null || chance >= 0.12) return [message];
  if (chance < 0.03) return [];
  if (chance < 0.06) return [message, message];
  if (chance < 0.09) {
    late(message);
    return [];
  }
  const [, verb, subject, , sizes] = head;
  const unanswered = Buffer.from(`${verb} ${subject} _INBOX.nobody ${sizes}`, 'latin1');
  return [Buffer.concat([unanswered, message.subarray(end)])];
}

/** The length of the first message; `undefined`: it isn't whole yet. */
function lengthOf(bytes: Buffer): number | undefined {
  const end = bytes.indexOf('\r\n');
  if (end === -1) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const size = /^H?PUB .* (\d+)$/.exec(head)?.[1];
  const length = end + 2 + (size === undefined ? 0 : Number(size) + 2);
  return length <= bytes.length ? length : undefined;
}
