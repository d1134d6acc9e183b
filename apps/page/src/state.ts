import { batch, computed, effect, signal } from '@preact/signals';
import { captionBeside, captionNumber } from './model/captions.ts';
import { Facts } from './model/facts.ts';
import { laneClients, type LaneMemory } from './model/lanes.ts';
import { present } from './model/moment.ts';
import { busiestRoom } from './model/room-menu.ts';
import type { CaptionFact } from './model/shapes.ts';
import { nextEvent, nextTurn } from './model/steps.ts';

/** Where facts come from. */
export type Source = 'none' | 'live' | 'file';

/** The part of the page that a phone shows. */
export type Tab = 'now' | 'time' | 'wire' | 'fair' | 'you';

/** How long the words stay as they are, with few clients and with many. In milliseconds. */
const CALM_MS = 100;
const CALM_CROWD_MS = 250;
/** A jump longer than this changes the words at once. In milliseconds. */
const JUMP_MS = 400;

/** The session that is shown. Its facts grow in place; `news` says that they have. */
export const session = signal(new Facts());
export const news = signal(0);
export const source = signal<Source>('none');
export const link = signal<'none' | 'open' | 'lost' | 'locked'>('none');
/** What is wrong with the input, in one sentence. */
export const trouble = signal('');
/** The live session before this one, as a recording, and when it began. */
export const earlier = signal<{ readonly text: string; readonly at: string } | undefined>(undefined);

/** The moment that is shown, and the same for words: it does not change with every frame. In milliseconds. */
export const playhead = signal(0);
export const moment = signal(0);
/** Whether the moment follows the server. */
export const isFollowing = signal(true);
export const isPlaying = signal(false);
export const speed = signal(1);
/** How much time the lanes show. In milliseconds. */
export const spanMs = signal(12_000);

/** The room that was chosen. */
export const chosenRoom = signal<string | undefined>(undefined);
/** The client that was picked, the client of this page, and the line that is pointed at. */
export const picked = signal<number | undefined>(undefined);
export const own = signal<number | undefined>(undefined);
export const pointed = signal<number | undefined>(undefined);

export const theme = signal<'light' | 'dark'>('light');
export const tab = signal<Tab>('now');
export const direction = signal<'both' | 'read' | 'write'>('both');
export const hasKeys = signal(true);
export const isLegendOpen = signal(false);
export const isTableOpen = signal(false);
export const isLessonListOpen = signal(false);

/** The room that is shown: the chosen one while it exists, otherwise the busiest. */
export const room = computed(() => {
  void news.value;
  const { rooms } = session.value;
  const chosen = chosenRoom.value;
  return chosen !== undefined && rooms.has(chosen) ? chosen : busiestRoom(session.value, moment.value);
});

/** Who is in the room, by seat. */
export const here = computed(() => {
  void news.value;
  return present(session.value, room.value, moment.value);
});

const laneMemory: LaneMemory = {};

/** The clients that have a lane, by seat. */
export const lanes = computed(() => {
  void news.value;
  const t = moment.value;
  const wanted = { picked: picked.value, own: own.value, spanMs: spanMs.value };
  return laneClients(session.value, room.value, t, wanted, laneMemory);
});

/** A session replaces the previous one. */
export function begin(facts: Facts, from: Source): void {
  batch(() => {
    session.value = facts;
    source.value = from;
    isFollowing.value = from === 'live';
    isPlaying.value = false;
    chosenRoom.value = picked.value = own.value = pointed.value = undefined;
    playhead.value = moment.value = 0;
    const [first] = facts.captions;
    if (first !== undefined) {
      // A lesson begins with its first caption, and the lanes show all of it.
      playhead.value = moment.value = first.t;
      spanMs.value = SPANS.find((ms) => ms >= facts.last) ?? 120_000;
    }
    news.value++;
  });
}

/** The caption of the moment shown. */
export const caption = computed(() => {
  void news.value;
  const { captions } = session.value;
  return captions[captionNumber(captions, moment.value) - 1];
});

// A caption picks the client that it is about. The user may pick another one until the next caption.
effect(() => {
  picked.value = caption.value?.c;
});

let calmAt = 0;

/** Goes to a moment while time runs. `now`: the clock of the browser, in milliseconds. */
export function moveTo(t: number, now: number): void {
  playhead.value = t;
  const calmMs = here.peek().length > 24 ? CALM_CROWD_MS : CALM_MS;
  if (now - calmAt < calmMs && Math.abs(t - moment.peek()) < JUMP_MS) return;
  calmAt = now;
  moment.value = t;
}

/** Time runs on during playback. It stops at each caption and at the end. `ms`: how much; `now`: the clock of the browser. */
export function playOn(ms: number, now: number): void {
  const t = playhead.peek() + ms;
  const stop = beside(1)?.t ?? session.peek().last;
  if (t < stop) moveTo(t, now);
  else jumpTo(stop);
}

function beside(by: 1 | -1): CaptionFact | undefined {
  return captionBeside(session.peek().captions, playhead.peek(), by);
}

/** Plays to the next caption. If it plays already, or at once, goes there. */
export function nextCaption(isAtOnce: boolean): void {
  const next = beside(1);
  if (next === undefined) return;
  if (isPlaying.peek() || isAtOnce) jumpTo(next.t);
  else isPlaying.value = true;
}

/** Goes to the previous caption. */
export function previousCaption(): void {
  const previous = beside(-1);
  if (previous !== undefined) jumpTo(previous.t);
}

/** Goes to a moment and stays there. */
export function jumpTo(t: number): void {
  isFollowing.value = isPlaying.value = false;
  playhead.value = moment.value = Math.max(0, Math.min(session.peek().last, t));
}

/** Goes to the next or previous event or turn. */
export function step(what: 'event' | 'turn', by: 1 | -1): void {
  const t = playhead.peek();
  const facts = session.peek();
  const next = what === 'event' ? nextEvent(facts, t, by) : nextTurn(facts, room.peek(), t, by);
  if (next !== undefined) jumpTo(next);
}

/** Pauses or resumes the view. The server is not affected. */
export function togglePlay(): void {
  if (isFollowing.peek()) return jumpTo(playhead.peek());
  const { last } = session.peek();
  if (!isPlaying.peek() && playhead.peek() >= last) jumpTo(0);
  isPlaying.value = !isPlaying.peek();
}

/** Follows the server again; in a recording, goes to its end. */
export function follow(): void {
  if (source.peek() === 'live') {
    isPlaying.value = false;
    isFollowing.value = true;
  } else jumpTo(session.peek().last);
}

/** Picks a client, or clears the choice. Picking the same client again clears it too. */
export function pick(c: number | undefined): void {
  picked.value = picked.peek() === c ? undefined : c;
}

const SPANS = [3_000, 6_000, 12_000, 30_000, 60_000, 120_000];
const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5];

/** Shows less time, or more. */
export function zoom(by: 1 | -1): void {
  const at = SPANS.indexOf(spanMs.peek()) + by;
  spanMs.value = SPANS[Math.max(0, Math.min(SPANS.length - 1, at))] ?? 12_000;
}

/** The next width, in a cycle. */
export function nextSpan(): void {
  spanMs.value = SPANS[(SPANS.indexOf(spanMs.peek()) + 1) % SPANS.length] ?? 12_000;
}

/** The next speed, in a cycle. */
export function nextSpeed(): void {
  speed.value = SPEEDS[(SPEEDS.indexOf(speed.peek()) + 1) % SPEEDS.length] ?? 1;
}

/** What the lanes show: where the moment stands, more of the past than of the future. */
export const timeWindow = computed(() => {
  const ahead = isFollowing.value ? 0.03 : 0.24;
  const to = Math.max(playhead.value + spanMs.value * ahead, spanMs.value);
  return { from: to - spanMs.value, to };
});
