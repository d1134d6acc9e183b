import { chunk, delimited, enclosed, netstring } from '@proto/codec/framings';
import { type Framing, lines } from '@proto/codec';
import { contestantsOf, type Race } from '../race.ts';
import { handPeer, oursBy, readlinePeer, split2Peer } from './peers.ts';
import { unevenWire, wire } from './wire.ts';

const MB = 1e6;
const TOTAL = 4 * MB;
const CHUNK = 65_536;

type Asked = readonly [hand: number, split2: number, readline: number];
const EVEN: readonly (readonly [name: string, line: number, decode: Asked, loop: Asked])[] = [
  ['16-byte lines', 16, [0.85, 3, 3.5], [0.75, 2.7, 3]],
  ['64-byte lines', 64, [0.85, 4, 4.5], [0.75, 3.5, 4]],
  ['1 KiB lines', 1024, [0.75, 5, 5], [0.7, 4.5, 4.5]],
];

function speed(
  name: string,
  way: 'decode' | 'for...of',
  chunks: readonly Uint8Array[],
  [hand, split2, readline]: Asked,
  end?: '\r\n',
): Race {
  return {
    name,
    work: TOTAL / MB,
    unit: 'MB',
    clock: 'processor',
    rounds: 11,
    ours: oursBy(way, chunks),
    against: [
      { ...handPeer(chunks, end), atLeast: hand },
      { ...split2Peer(chunks), atLeast: split2 },
      { ...readlinePeer(chunks), atLeast: readline },
    ],
  };
}

const even = EVEN.flatMap(([name, line, decode, loop]) => {
  const chunks = wire(line, CHUNK, TOTAL);
  return [
    speed(`decode, ${name}`, 'decode', chunks, decode),
    speed(`for...of, ${name}`, 'for...of', chunks, loop),
  ];
});

/**
 * How fast lines are to those who have all of a chunk at once, and to those who loop. By processor time, in async
 * functions.
 */
export const speedRaces: readonly Race[] = [
  ...even,
  speed('decode, lines of 1 to 200 bytes, CRLF', 'decode', unevenWire(CHUNK, TOTAL), [0.85, 3, 3.5], '\r\n'),
];

/** Makes this a process that has done other things: every contestant of every race, and our other framings. */
export async function doOtherThings(): Promise<void> {
  const framings: readonly Framing[] = [
    delimited({ delimiters: ';' }),
    netstring(),
    chunk(),
    enclosed({ start: '<', end: '>' }),
    lines({ charset: 'utf8', terminator: 'crlf' }),
    lines({ charset: 'text' }),
  ];
  const bytes = Buffer.from('3:abc,;<a>\r\nd\xe9\re\n', 'latin1');
  for (let time = 0; time < 3_000; time++) {
    for (const framing of framings) {
      for (const _ of framing.decoder().push(bytes).end());
      framing.decoder().decode(bytes);
    }
  }
  for (const race of speedRaces)
    for (const contestant of contestantsOf(race))
      for (let time = 0; time < 3; time++) await contestant.run(false);
}
