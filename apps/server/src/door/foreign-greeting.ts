/** A protocol that is not ours, told by the first bytes of a connection. */
export type ForeignProtocol = 'HTTP' | 'TLS' | 'PROXY' | 'SMTP' | 'SSH' | 'RESP';

/** As many bytes as the longest greeting takes to tell. */
const HEAD_BYTES = 32;

/**
 * Greetings that are told by their bytes alone. White space before them is passed over. A line that a person might
 * begin with is among them only where a program greets so: in capitals, and with what follows there.
 *
 * Sources: the PROXY protocol, sections 2.1 and 2.2 (the signature of version 2 holds `QUIT`, LF); RFC 5321, section
 * 4.1.1.1; RFC 4253, section 4.2; the Redis serialization protocol, arrays; RFC 8446, section 5.1.
 */
const GREETINGS: readonly (readonly [ForeignProtocol, RegExp])[] = [
  ['PROXY', /^\r\n\r\n\0\r\nQUIT\n/],
  ['PROXY', /^PROXY (?:TCP4 |TCP6 |UNKNOWN[ \r\n])/],
  ['SMTP', /^(?:HELO|EHLO|LHLO)[ \t\r\n]/],
  ['SSH', /^SSH-\d/],
  ['RESP', /^\*\d{1,9}\r?\n\$\d/],
];
// oxlint-disable-next-line no-control-regex -- a TLS record of the kind handshake, of version 3.x
const TLS = /^\x16(?:\x03|$)/;
const REQUEST_LINE = /^[!-~]+[ \t].*[ \t](?:HTTP|RTSP|SIP|ICE)\/\d(?:\.\d+)?$/;
const REQUEST_HEAD = /^[A-Za-z-]{3,14} (?:\/|\*|https?:)/;

/**
 * Tells a client of another protocol by the first bytes and the first line of a connection, however they are cut. A web
 * page can post to a loopback port, and a load balancer may put a header in front: nothing behind their greeting may be
 * obeyed.
 *
 * TLS is always told: no line begins like it, and what follows is never one.
 */
export class ForeignGreeting {
  readonly #isGuarded: boolean;
  #head = '';
  #isFirstLine = true;

  constructor(isGuarded: boolean) {
    this.#isGuarded = isGuarded;
  }

  /** To be told of every chunk before anything in it is obeyed. */
  hear(chunk: Buffer): ForeignProtocol | undefined {
    if (this.#head.length >= HEAD_BYTES) return undefined;
    this.#head += chunk.toString('latin1', 0, HEAD_BYTES - this.#head.length);
    if (TLS.test(this.#head)) return 'TLS';
    if (!this.#isGuarded) return undefined;
    const heads = [this.#head, this.#head.trimStart()];
    return GREETINGS.find(([, greeting]) => heads.some((head) => greeting.test(head)))?.[0];
  }

  /** Whether the next line is still to be shown to `read`. */
  get wantsLine(): boolean {
    return this.#isFirstLine && this.#isGuarded;
  }

  /**
   * To be told of the first line before it is obeyed. One that was at fault (over-long, or the whole request as one
   * chunk) is judged by its first bytes.
   */
  read(line: string | undefined): ForeignProtocol | undefined {
    // Clients of HTTP may send empty lines first: RFC 9112, section 2.2.
    if (!this.wantsLine || line?.trim() === '') return undefined;
    this.#isFirstLine = false;
    const isRequest =
      line === undefined ? REQUEST_HEAD.test(this.#head.trimStart()) : REQUEST_LINE.test(line.trim());
    return isRequest ? 'HTTP' : undefined;
  }
}

/** What is said of it where the operator reads. */
export function foreignText(protocol: ForeignProtocol): string {
  const spoke = `Cannot serve it: it spoke ${protocol}`;
  if (protocol === 'TLS') return `${spoke}, and this server has no certificate`;
  if (protocol === 'PROXY') return `${spoke}: a load balancer puts a header in front. Turn that off in it`;
  return `${spoke}. Nothing in it was obeyed`;
}
