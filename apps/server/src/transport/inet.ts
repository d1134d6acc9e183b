/** A client, named by its IP address. Undefined if it has none: the client is gone. */
export function inet(
  remoteAddress: string | undefined,
  remotePort: number | undefined,
): { host: string; address: string } | undefined {
  if (remoteAddress === undefined) return undefined;
  const host = plain(remoteAddress);
  return { host, address: join(host, remotePort ?? 0) };
}

/** An IPv4 client on an IPv6 socket is shown with its IPv4 address. */
export function plain(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}

/** An address and a port as people write them. */
export function join(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
