import type { Counts, Right, WatchSettings } from '@proto/watch';
import type {
  CaptionFact,
  ClientFact,
  LessonFact,
  LogFact,
  LoopFact,
  Mark,
  NodeFact,
  QuitFact,
  RoomFact,
  WireFact,
} from './shapes.ts';

/** What is known of a session. Facts keep their times; the oldest are dropped first. */
export class Known {
  settings: WatchSettings | undefined;
  /** The time at 0, in ISO 8601. */
  at = '';
  rights: readonly Right[] = [];
  isRecorded = false;
  /** Attempts left to send a token; `undefined`: the server asks for none. */
  tries: number | undefined;
  /** How many clients and rooms there are, including those left out of the rows. Kept when it changes. */
  readonly totals: { readonly t: number; readonly clients: number; readonly rooms: number }[] = [];
  /** Why a recording ended before its server. */
  stopped: string | undefined;
  readonly addresses: { readonly t: number; readonly address: string }[] = [];
  readonly clients = new Map<number, ClientFact>();
  readonly rooms = new Map<string, RoomFact>();
  readonly wire: WireFact[] = [];
  readonly marks: Mark[] = [];
  readonly loop: LoopFact[] = [];
  /** The server's counts, and how many chunks were left out of the messages. */
  readonly counts: (Counts & { readonly t: number; readonly left: number })[] = [];
  readonly quits: QuitFact[] = [];
  /** The servers that share the rooms, and how this one gets on with their log. Empty: it is by itself. */
  readonly nodes: NodeFact[] = [];
  readonly log: LogFact[] = [];
  /** A recording that is a lesson says so, and has captions. */
  lesson: LessonFact | undefined;
  readonly captions: CaptionFact[] = [];
  /** The last moment about which something is known. */
  last = 0;
}
