/** A foreign protocol, recognised by the first bytes of a connection. */
export type ForeignProtocol = 'HTTP' | 'TLS' | 'PROXY' | 'SMTP' | 'SSH' | 'RESP';

/** How many bytes it takes to recognise the longest greeting. */
const HEAD_BYTES = 32;

/**
 * Greetings that are recognised by their bytes alone. White space before them is ignored. A line that a person might
 * begin with is included only in the form that a program sends: in capitals, and with what follows there.
 *
 * Sources: the PROXY protocol, sections 2.1 and 2.2 (the signature of version 2 contains `QUIT`, LF); RFC 5321, section
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
 * Recognises a client of another protocol by the first bytes and the first line of a connection, no matter how they are
 * cut. A web page can post to a loopback port, and a load balancer may put a header in front: nothing after their
 * greeting may be executed.
 *
 * TLS is always recognised: no line begins like it, and what follows is never one.
 */
export class ForeignGreeting {
  readonly #isGuarded: boolean;
  #head = '';
  #isFirstLine = true;

  constructor(isGuarded: boolean) {
    this.#isGuarded = isGuarded;
  }

  /** It needs no more bytes, only the first line. */
  get hasHeard(): boolean {
    return this.#head.length >= HEAD_BYTES;
  }

  /** Pass every chunk here before anything in it is executed. */
  hear(chunk: Buffer): ForeignProtocol | undefined {
    if (this.hasHeard) return undefined;
    this.#head += chunk.toString('latin1', 0, HEAD_BYTES - this.#head.length);
    if (TLS.test(this.#head)) return 'TLS';
    if (!this.#isGuarded) return undefined;
    const heads = [this.#head, this.#head.trimStart()];
    return GREETINGS.find(([, greeting]) => heads.some((head) => greeting.test(head)))?.[0];
  }

  /** Whether the next line has to be passed to `read`. */
  get wantsLine(): boolean {
    return this.#isFirstLine && this.#isGuarded;
  }

  /**
   * Pass the first line here before it is executed. A line at fault (too long, or the whole request in one chunk) is
   * judged by its first bytes.
   */
  read(line: string | undefined): ForeignProtocol | undefined {
    // HTTP clients may send empty lines first: RFC 9112, section 2.2.
    if (!this.wantsLine || line?.trim() === '') return undefined;
    this.#isFirstLine = false;
    const isRequest =
      line === undefined ? REQUEST_HEAD.test(this.#head.trimStart()) : REQUEST_LINE.test(line.trim());
    return isRequest ? 'HTTP' : undefined;
  }
}

/** The text for the operator. */
export function foreignText(protocol: ForeignProtocol): string {
  const spoke = `Cannot serve it: it spoke ${protocol}`;
  if (protocol === 'TLS') return `${spoke}, and this server has no certificate`;
  if (protocol === 'PROXY') return `${spoke}: a load balancer puts a header in front. Turn that off there`;
  return `${spoke}. Nothing in it was executed`;
}
