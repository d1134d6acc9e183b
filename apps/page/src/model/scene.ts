import type { Facts } from './facts.ts';
import type { Seated } from './moment.ts';
import type { RoomFact } from './shapes.ts';

/** A client that a sentence names. */
export interface Named {
  readonly c: number;
  readonly seat: number;
  readonly name: string;
}

/** Whose turn it is, and why nothing happens. */
export interface Why {
  readonly tone: 'wait' | 'go' | 'rest' | 'end' | 'bad';
  /** A sentence in parts: text and clients. */
  readonly head: readonly (string | Named)[];
  readonly more: string;
  readonly turn?: number;
  readonly since?: number;
  readonly deadline?: { readonly from: number; readonly to: number };
}

/** A room at a moment: the input of every rule. */
export interface Scene {
  readonly facts: Facts;
  readonly room: RoomFact;
  readonly t: number;
  readonly here: readonly Seated[];
  readonly behind: readonly (Seated & { readonly lines: number })[];
  readonly lines: number;
}
