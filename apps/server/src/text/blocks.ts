import { BlockList, isIP } from 'node:net';

/** The addresses and blocks in a list such as `10.0.0.0/8,192.0.2.1,fd00::/8`. Undefined: one of them is wrong. */
export function blocksIn(list: string): BlockList | undefined {
  const blocks = new BlockList();
  for (const each of list.split(',')) {
    const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(each) ?? [];
    const version = isIP(address);
    const most = version === 4 ? 32 : 128;
    if (version === 0 || Number(prefix ?? most) > most) return undefined;
    blocks.addSubnet(address, Number(prefix ?? most), version === 4 ? 'ipv4' : 'ipv6');
  }
  return blocks;
}
