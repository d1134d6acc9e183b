import { computed, signal } from '@preact/signals';
import { INJECTED_FAULTS } from '@proto/faults';
import { cutsOf, type Cutting, partsOf, spoiled } from '../../model/writes.ts';
import { session } from '../../state.ts';

/** What can happen to a line, apart from a cut. */
export type Spoiling = 'garbage' | 'long';

/** A longer line is not written from a page: its tape could not be looked at. In bytes. */
const LONGEST = 4_096;

/** The line that is being written, where it is cut, and how far apart its writes are. */
export const text = signal('hello');
export const cuts = signal<ReadonlySet<number>>(cutsOf('two', 6));
export const apartMs = signal(500);
export const hasCr = signal(false);
/** What is done to each line; lines are held, so that several go together; and what is held. */
export const spoilings = signal<ReadonlySet<Spoiling>>(new Set());
export const isCoalescing = signal(false);
const held = signal('');

/** How long a line is that is too long for this server, if it is one that a page writes. In bytes. */
export const tooLong = computed(() => {
  const { maxLineBytes = LONGEST } = session.value.settings ?? {};
  return maxLineBytes < LONGEST ? maxLineBytes + 1 : undefined;
});

/** The bytes of the next write, what is held included. */
export const bytes = computed(() => {
  const numbers = { garbage: 1, long: tooLong.value ?? 1 };
  const faults = [...spoilings.value].map((name) => [name, numbers[name]] as const);
  const line = spoiled(`${text.value}\n`, new Map(faults));
  return held.value + (hasCr.value ? line.replace(/\n$/, '\r\n') : line);
});
export const parts = computed(() => partsOf(bytes.value, cuts.value));

/** What an injected fault does, in a sentence. */
export function doingOf(name: Spoiling | 'coalesce'): string {
  return INJECTED_FAULTS[name].does({ garbage: 1, long: tooLong.peek() ?? 1, coalesce: 2 }[name]);
}

export function spoil(name: Spoiling): void {
  const next = new Set(spoilings.value);
  if (!next.delete(name)) next.add(name);
  spoilings.value = next;
}

/** Holds the line, if lines go two by two and this is the first. */
export function hold(): boolean {
  if (!isCoalescing.peek() || held.peek() !== '') return false;
  held.value = bytes.peek();
  begin();
  return true;
}

/** Types text: only what a line may hold. */
export function type(typed: string): void {
  text.value = typed.replaceAll(/[^\u0020-\u007e]/g, '');
}

/** Cuts behind a byte, or joins what was cut there. */
export function snip(at: number): void {
  const next = new Set(cuts.value);
  if (!next.delete(at)) next.add(at);
  cuts.value = next;
}

export function cut(how: Cutting): void {
  cuts.value = cutsOf(how, bytes.value.length);
}

/** How to cut it now, if it is one of these ways. */
export const cutting = computed((): Cutting | undefined => {
  const { length } = parts.value;
  if (length === 1) return 'one';
  if (length === bytes.value.length && length > 2) return 'drip';
  return length === 2 ? 'two' : undefined;
});

/** All was sent: the next line begins empty. */
export function clear(): void {
  held.value = '';
  begin();
}

function begin(): void {
  text.value = '';
  cuts.value = new Set();
}
