import { computed, signal } from '@preact/signals';
import { cutsOf, type Cutting, partsOf } from '../../model/writes.ts';

/** The line that is being written, where it is cut, and how far apart its writes are. */
export const text = signal('hello');
export const cuts = signal<ReadonlySet<number>>(cutsOf('two', 6));
export const apartMs = signal(500);
export const hasCr = signal(false);

/** The bytes of the next write, its line end included. */
export const bytes = computed(() => text.value + (hasCr.value ? '\r\n' : '\n'));
export const parts = computed(() => partsOf(bytes.value, cuts.value));

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

/** How it is cut now, if it is one of these ways. */
export const cutting = computed((): Cutting | undefined => {
  const { length } = parts.value;
  if (length === 1) return 'one';
  if (length === bytes.value.length && length > 2) return 'drip';
  return length === 2 ? 'two' : undefined;
});

/** The line was sent: the next one begins empty. */
export function clear(): void {
  text.value = '';
  cuts.value = new Set();
}
