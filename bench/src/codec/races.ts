import type { Figure } from '../figure.ts';
import { race } from '../race.ts';
import { adapterFigure } from './adapters.ts';
import { lengthPrefixedFigures } from './length-prefixed.ts';
import { barePeer, handPeer, ours, readlinePeer, serialportPeer, split2Peer } from './peers.ts';
import { wire } from './wire.ts';

const MB = 1e6;

/** Line length, chunk size, bytes a run, and what is asked against split2, readline, serialport, by hand. */
const TABLE: readonly (readonly [
  name: string,
  line: number,
  chunk: number,
  total: number,
  asked: readonly [number, number, number, number],
])[] = [
  ['16-byte lines', 16, 65_536, 4 * MB, [3, 4, 13, 1.5]],
  ['64-byte lines', 64, 65_536, 4 * MB, [4, 4.5, 10, 1.25]],
  ['1 KiB lines', 1024, 65_536, 4 * MB, [4.5, 5, 2.5, 1]],
  ['64-byte lines in 7-byte chunks', 64, 7, 64_000, [8, 4.5, 8, 8]],
  ['64-byte lines in 1-byte chunks', 64, 1, 8_000, [20, 9, 18, 18]],
];

const peers = TABLE.map(([name, line, chunk, total, [split2, readline, serialport, hand]]) => {
  const chunks = wire(line, chunk, total);
  return race({
    name,
    work: total / MB,
    unit: 'MB',
    ours: ours(chunks, { charset: 'ascii' }),
    against: [
      { ...split2Peer(chunks), atLeast: split2 },
      { ...readlinePeer(chunks), atLeast: readline },
      { ...serialportPeer(chunks), atLeast: serialport },
      { ...handPeer(chunks), atLeast: hand },
      // Where text is cut from windows: what is left of the row before, at the most.
      ...(chunk > 64 ? [barePeer(chunks)] : []),
    ],
  });
});

const text = TABLE.slice(0, 3).map(([name, line, chunk, total]) => {
  const chunks = wire(line, chunk, total);
  return race({
    name: `text, ${name}`,
    work: total / MB,
    unit: 'MB',
    ours: ours(chunks, { charset: 'text' }),
    against: [{ ...ours(chunks, { charset: 'ascii' }), name: 'our own ascii', atLeast: 0.6 }],
  });
});

/** The figures that are races. */
export const races: readonly Figure[] = [...peers, ...text, adapterFigure, ...lengthPrefixedFigures];
