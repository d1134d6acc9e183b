import { isIP, SocketAddress } from 'node:net';
import { inet } from './inet.ts';
import type { Connection } from './listener.ts';

/** What a header of the PROXY protocol says. */
export interface ProxyHeader {
  /** Its length in bytes. The client's own bytes follow. */
  readonly bytes: number;
  /** Whom the connection is from. Undefined: it doesn't say, and the connection is the proxy's own, such as a health check. */
  readonly client: Pick<Connection, 'host' | 'address'> | undefined;
}

const V2_SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const V2_HEAD_BYTES = 16;
/** The longest header of version 1, with its line end. */
const V1_BYTES = 107;
/** Addresses and additions of version 2. The largest additions are certificates' names. */
const V2_MOST_BYTES = 4_096;
/** Of version 2, without additions: IPv4 and IPv6, over TCP. */
const FAMILIES: Readonly<
  Record<number, { readonly size: number; readonly text: (bytes: Buffer) => string }>
> = {
  0x11: { size: 4, text: (bytes) => bytes.join('.') },
  0x21: { size: 16, text: (bytes) => groups(bytes).join(':') },
};

/**
 * Reads a header of the PROXY protocol, version 1 or 2. `undefined`: more bytes are needed. `bad`: it isn't one, it's too
 * long, or its addresses are wrong.
 *
 * Source: https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt, sections 2.1 and 2.2
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader | 'bad' | undefined {
  const signature = Math.min(bytes.length, V2_SIGNATURE.length);
  if (bytes.subarray(0, signature).equals(V2_SIGNATURE.subarray(0, signature))) return readV2(bytes);
  return readV1(bytes);
}

function readV1(bytes: Buffer): ProxyHeader | 'bad' | undefined {
  const text = bytes.toString('latin1', 0, V1_BYTES);
  const end = text.indexOf('\r\n');
  if (end === -1) return text.length < V1_BYTES && isBeginning(text) ? undefined : 'bad';
  const [word, family, from = '', to = '', fromPort, toPort, ...more] = text.slice(0, end).split(' ');
  if (word !== 'PROXY') return 'bad';
  if (family === 'UNKNOWN') return { bytes: end + 2, client: undefined };
  const version = family === 'TCP4' ? 4 : family === 'TCP6' ? 6 : undefined;
  const port = portIn(fromPort);
  if (isIP(from) !== version || isIP(to) !== version) return 'bad';
  if (port === undefined || portIn(toPort) === undefined || more.length > 0) return 'bad';
  return { bytes: end + 2, client: inet(canonical(from), port) };
}

/** Whether a header of version 1 may begin like this. */
function isBeginning(text: string): boolean {
  const start = 'PROXY ';
  return text.length < start.length ? start.startsWith(text) : text.startsWith(start);
}

function portIn(text = ''): number | undefined {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

function readV2(bytes: Buffer): ProxyHeader | 'bad' | undefined {
  if (bytes.length < V2_HEAD_BYTES) return undefined;
  const [version = 0, family = 0] = bytes.subarray(V2_SIGNATURE.length);
  const size = bytes.readUInt16BE(14);
  // Version 2, and a connection made for a client, or for the proxy itself.
  if (version !== 0x20 && version !== 0x21) return 'bad';
  if (size > V2_MOST_BYTES) return 'bad';
  const end = V2_HEAD_BYTES + size;
  if (bytes.length < end) return undefined;
  const known = FAMILIES[family];
  if (version === 0x20 || known === undefined) return { bytes: end, client: undefined };
  // Two addresses, two ports.
  if (size < 2 * known.size + 4) return 'bad';
  const from = bytes.subarray(V2_HEAD_BYTES, V2_HEAD_BYTES + known.size);
  const port = bytes.readUInt16BE(V2_HEAD_BYTES + 2 * known.size);
  return { bytes: end, client: inet(canonical(known.text(from)), port) };
}

/**
 * An address as the kernel writes it. A proxy that listens on IPv6 may name IPv4 clients in many ways, and all of them
 * would otherwise be of one network.
 */
function canonical(address: string): string {
  return isIP(address) === 6 ? new SocketAddress({ address, family: 'ipv6' }).address : address;
}

function groups(bytes: Buffer): string[] {
  return Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readUInt16BE(2 * at).toString(16));
}
