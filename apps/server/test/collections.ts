import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { heapAfterGc } from './faults/heap.ts';

const SOURCE = fileURLToPath(new URL('../src/', import.meta.url));

/** Every Map and Set that the sources of the server have made since this was called, by the place that made it. */
export class Collections {
  readonly #made: { readonly at: string; readonly ref: WeakRef<{ readonly size: number }> }[] = [];

  /** The sources must be imported after this call. */
  constructor() {
    const note = (made: { readonly size: number }): void => {
      const at = maker();
      if (at !== undefined) this.#made.push({ at, ref: new WeakRef(made) });
    };
    vi.resetModules();
    vi.stubGlobal(
      'Map',
      class<Key, Value> extends Map<Key, Value> {
        constructor(entries?: Iterable<readonly [Key, Value]> | null) {
          super(entries);
          note(this);
        }
      },
    );
    vi.stubGlobal(
      'Set',
      class<Value> extends Set<Value> {
        constructor(values?: Iterable<Value> | null) {
          super(values);
          note(this);
        }
      },
    );
  }

  /** How many entries those hold that nobody has let go, by the place that made them. */
  entries(): Readonly<Record<string, number>> {
    heapAfterGc();
    const entries: Record<string, number> = {};
    for (const { at, ref } of this.#made) {
      const size = ref.deref()?.size;
      if (size !== undefined) entries[at] = (entries[at] ?? 0) + size;
    }
    return entries;
  }
}

/** The place in the sources of the server whose call is the nearest. */
function maker(): string | undefined {
  const frames = new Error('stack').stack?.split('\n').slice(4) ?? [];
  const own = frames.find((frame) => !frame.includes('node_modules'));
  const at = own === undefined ? -1 : own.indexOf(SOURCE);
  return at === -1 ? undefined : own?.slice(at + SOURCE.length).replace(/:\d+\)?$/, '');
}
