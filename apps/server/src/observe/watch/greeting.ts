import { parseServerLine } from '@proto/protocol';

/** Longer than anything that comes before a seat. In bytes. */
const MOST_BYTES = 65_536;

const UNTRUSTED =
  'the server requires a client certificate (--tls-ca). A page can show only that of the server, which is not trusted';

/** A seat, and the room that it is in. */
export interface Seat {
  readonly room: string;
  readonly seat: number;
}

/** Reads what a server tells a client that has no seat yet. */
export class Greeting {
  #rest = '';
  #bytes = 0;
  /** Why the client is not let in; `undefined` if no reason was given. */
  whyNot: string | undefined;

  /** Takes the next bytes. Returns the seat if they name it. */
  push(bytes: Uint8Array): Seat | undefined {
    this.#bytes += bytes.length;
    if (this.#bytes > MOST_BYTES) return undefined;
    const lines = (this.#rest + Buffer.from(bytes).toString('latin1')).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      // Without events an error begins with its verb.
      const said = parseServerLine(line.startsWith('ERR ') ? `* ${line}` : line);
      if (said?.kind !== 'event') continue;
      const { event } = said;
      if (event.verb === 'WELCOME') return { room: event.room, seat: event.seat };
      if (event.verb === 'ERR') this.whyNot = event.code === 'CERTIFICATE_REFUSED' ? UNTRUSTED : event.text;
    }
    return undefined;
  }
}
