import { BlockList, isIP } from 'node:net';

/** The addresses and blocks in a list such as `10.0.0.0/8,192.0.2.1,fd00::/8`. Undefined: one of them is wrong. */
export function blocksIn(list: string): BlockList | undefined {
  const blocks = new BlockList();
  return list.split(',').every((block) => addBlock(blocks, block)) ? blocks : undefined;
}

/** Adds an address or a block. False: it's neither. */
export function addBlock(blocks: BlockList, block: string): boolean {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(block) ?? [];
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  if (version === 0 || Number(prefix ?? most) > most) return false;
  blocks.addSubnet(address, Number(prefix ?? most), version === 4 ? 'ipv4' : 'ipv6');
  return true;
}
