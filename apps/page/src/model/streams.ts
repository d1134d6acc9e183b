import { type Framing, lines } from '@proto/codec';
import { chunk } from '@proto/codec/framings';
import { lineLimits } from '@proto/protocol';
import type { WatchSettings } from '@proto/watch';
import { type Piece, XRay } from '@proto/xray';
import type { ClientFact, ChunkFact, Direction, EndFact, LineFact, PieceFact, Told } from './shapes.ts';
import { UNSEEN, Waiting } from './waiting.ts';

/** What is known of one direction of one client. */
interface Stream {
  readonly ray: XRay;
  /** Chunks and frames that went by before this x-ray. */
  readonly chunks: number;
  readonly frames: number;
  /** Chunks and frames up to now. */
  n: number;
  seen: number;
  /** When the last chunk came, and the offset behind it. */
  t: number;
  to: number;
  open: boolean;
  /** When the frame that is open began. */
  born: number;
  /** What has come of it. */
  begun: string;
  /** It was refused before its end: the line that it counts as. */
  refused: LineFact | undefined;
  /** Bytes of the first frame that came before this x-ray. */
  head: number;
  /** The x-ray can take no more: bytes were left out, or the end has come. */
  isTorn: boolean;
}

/** What is kept of a frame that has not ended, to be shown. In bytes. */
const MOST_BEGUN = 4_096;

/**
 * Bytes to frames, and frames to lines and answers. A gap in the offsets, or a chunk that was not carried whole, ends
 * what is known of the frame that was open: the next chunk says with `open` how much of one lies before it.
 */
export class Streams {
  readonly waiting: Waiting;
  readonly #framings: Readonly<Record<Direction, Framing>>;
  readonly #framedByReads: boolean;
  readonly #maxLineBytes: number;
  readonly #streams = new Map<string, Stream>();
  #ids = 0;
  /** When chunks were last left out. */
  #leftAt = -Infinity;

  constructor(settings: WatchSettings) {
    // Of a framing that is not known here each read is shown by itself.
    const cut = settings.framing === 'lines' ? lines : chunk;
    const { toServer, toClient } = lineLimits(settings.maxLineBytes);
    this.#framings = { read: cut(toServer), write: cut(toClient) };
    this.#framedByReads = settings.framing !== 'lines';
    this.#maxLineBytes = settings.maxLineBytes;
    this.waiting = new Waiting(settings);
  }

  /** Takes a chunk. What becomes of lines goes to them at once. */
  chunk(client: ClientFact, { t, d, from, len, b, open = 0 }: Told<'chunk'>): ChunkFact {
    const stream = this.#stream(client, { t, d, from, open });
    const { open: openBefore } = stream;
    const n = ++stream.n;
    const seen = stream.ray.chunk(
      Uint8Array.from(b, (char) => char.charCodeAt(0)),
      t,
    );
    const pieces = seen.pieces.map((piece) => this.#piece(client, stream, { piece, d, t, n }));
    const last = pieces.at(-1);
    const isWhole = b.length === len;
    stream.open = isWhole && (last?.state === 'began' || last?.state === 'went on');
    if (last?.state === 'began') stream.born = t;
    stream.t = t;
    stream.to = from + len;
    if (!isWhole) this.#tear(client, stream, t);
    return {
      id: ++this.#ids,
      kind: 'chunk',
      c: client.c,
      d,
      n,
      t,
      from,
      bytes: len,
      text: b,
      pieces,
      openBefore,
      openAfter: stream.open,
    };
  }

  /** A direction has ended. */
  end(client: ClientFact, { t, d, from, how, by }: Told<'end'>): EndFact {
    const stream = this.#stream(client, { t, d, from, open: 0 });
    const pieces = stream.ray.end(how, t).pieces.map((piece): PieceFact => {
      const cut = renumbered(piece, stream);
      // In good order, half a line is answered in its place; behind a reset nobody hears the answer.
      if (d === 'write' || how === 'RST') return { ...cut, role: 'fault', line: undefined };
      if (stream.refused !== undefined) return { ...cut, role: 'fault', line: stream.refused };
      const fault = { ...cut, fault: 'FRAME_INCOMPLETE', text: stream.begun };
      return this.waiting.read(client, fault, { id: ++this.#ids, born: stream.born, t, chunk: stream.n });
    });
    stream.isTorn = true;
    const { n, open: openBefore } = stream;
    const common = { c: client.c, d, n, t, from, pieces, openBefore, openAfter: false };
    return { id: ++this.#ids, kind: 'end', ...common, how, by };
  }

  /** Some chunks up to here were left out. */
  leaveOut(t: number): void {
    this.#leftAt = t;
  }

  /** Nothing more comes of this client. */
  forget(c: number): void {
    this.#streams.delete(`${c} read`);
    this.#streams.delete(`${c} write`);
    this.waiting.forget(c);
  }

  #stream(
    client: ClientFact,
    { t, d, from, open }: { t: number; d: Direction; from: number; open: number },
  ): Stream {
    const key = `${client.c} ${d}`;
    const known = this.#streams.get(key);
    if (known !== undefined && known.to === from && !known.isTorn) return known;
    // Of a client that was there before, the first chunk may have any offset.
    const isFirst = (client.metAt ?? -Infinity) > Math.max(this.#leftAt, known?.t ?? -Infinity);
    if (!isFirst && from !== (known?.to ?? 0)) this.waiting.blur(client, t);
    const stream = {
      ray: new XRay({
        direction: d,
        decoder: this.#framings[d].decoder(),
        framedByReads: this.#framedByReads,
        before: from,
      }),
      chunks: known?.n ?? 0,
      frames: known?.seen ?? 0,
      n: known?.n ?? 0,
      seen: known?.seen ?? 0,
      t: known?.t ?? t,
      to: from,
      open: open > 0,
      born: t,
      begun: '',
      // One more byte can be the CR of a line end.
      refused: d === 'read' && open > this.#maxLineBytes + 1 ? tooLong(client.c, t) : undefined,
      head: open,
      isTorn: false,
    };
    this.#streams.set(key, stream);
    return stream;
  }

  #tear(client: ClientFact, stream: Stream, t: number): void {
    stream.isTorn = true;
    this.waiting.blur(client, t);
  }

  #piece(
    client: ClientFact,
    stream: Stream,
    { piece: seen, d, t, n }: { piece: Piece; d: Direction; t: number; n: number },
  ): PieceFact {
    const numbered = renumbered(seen, stream);
    // The x-ray does not know how long the beginning was that was not seen. The line end is 2 bytes at most.
    const isTooLong = d === 'read' && stream.head > 0 && numbered.bytes > this.#maxLineBytes + 2;
    const piece: Piece = isTooLong ? { ...numbered, fault: 'FRAME_TOO_LONG' } : numbered;
    const isEnded = piece.state === 'whole' || piece.state === 'finished';
    const begun = piece.state === 'began' || piece.state === 'whole' ? '' : stream.begun;
    stream.begun = isEnded ? '' : (begun + piece.text).slice(0, MOST_BEGUN);
    const { refused } = stream;
    if (isEnded) {
      stream.head = 0;
      stream.seen = piece.frame;
      stream.refused = undefined;
      if (d === 'write') return this.waiting.wrote(client, piece, t);
    } else if (d === 'write' || piece.fault === undefined)
      return { ...piece, role: d === 'read' ? 'line' : 'event', line: undefined };
    if (refused !== undefined) return { ...piece, role: 'fault', line: refused };
    const born = piece.state === 'whole' || piece.state === 'began' ? t : stream.born;
    // Of a frame at fault the x-ray gives what of it lies here, its end included.
    const text = piece.fault === undefined ? piece.text : (begun + piece.text).replace(/\r?\n$/, '');
    const read = this.waiting.read(client, { ...piece, text }, { id: ++this.#ids, born, t, chunk: n });
    // The server refuses it now, and discards what is still to come of it.
    if (!isEnded) stream.refused = read.line;
    return read;
  }
}

/** A line whose beginning was not seen, and that is refused already. */
function tooLong(c: number, t: number): LineFact {
  return { ...UNSEEN, id: 0, c, born: t, t, kind: 'fault', fault: 'FRAME_TOO_LONG' };
}

/** The states of a frame whose beginning was not seen. */
const HEADLESS: Partial<Record<Piece['state'], Piece['state']>> = { whole: 'finished', began: 'went on' };

/** The numbers of a piece as they are in the whole stream, as far as that is known. */
function renumbered(piece: Piece, { chunks, frames, head }: Stream): Piece {
  return {
    ...piece,
    frame: piece.frame + frames,
    state: head > 0 ? (HEADLESS[piece.state] ?? piece.state) : piece.state,
    begunIn: head > 0 ? 0 : piece.begunIn + chunks,
    bytes: piece.bytes + head,
  };
}
