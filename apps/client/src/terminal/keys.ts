import { parted, type Paste } from './paste.ts';

/**
 * What was done at the keyboard. `text`: characters without a control character, as many as came together. `key`: one
 * control character or one escape sequence, whole. `paste`: text that the terminal marked as pasted.
 */
export type Stroke =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'key'; readonly sequence: string }
  | { readonly kind: 'paste'; readonly paste: Paste }
  | { readonly kind: 'refused' };

/** The longest paste that is taken, in characters. For more there is the pipe. */
export const MOST_PASTED_CHARS = 262_144;

/** The longest escape sequence that is waited for, in characters. */
const MOST_SEQUENCE_CHARS = 32;

const ESC = '\u001b';
const PASTE_STARTS = '[200~';
const PASTE_ENDS = `${ESC}[201~`;

// What stands behind ESC. ECMA-48 5.4 (CSI), and the sequences of older terminals: SS3, `[[A` of the Linux console, `$`
// and `^` of rxvt. Any other character is a key with Alt.
const WHOLE = /O\d?[A-Za-z]|\[\[?[0-?]*[ -#%-/]*[@-Z\\-~$]|[^[O]/uy;

/** What can become one of them. */
const BEGUN = /(?:O\d?|\[\[?[0-?]*[ -#%-/]*)?/uy;

/** Those that readline reads as one key. Of others it would type the end. */
const KNOWN = /^(?:O\d?[A-Za-z]|\[\[?\d{0,3}(?:;\d)?[A-Za-z~^$]|[^[O])$/u;

const TEXT = /[ -~\u0080-\u{10ffff}]+/uy;

/**
 * Cuts what a terminal sends into strokes, the same wherever the reads cut it.
 *
 * 1. A paste is taken as a whole, once its end has come. At most 262,144 characters are held; a longer one is refused,
 *    and nothing of it is taken.
 * 2. A tab with something behind it in the same read is text: nobody types that fast to complete something.
 * 3. A sequence that readline doesn't know does nothing.
 */
export class Keys {
  #held = '';
  #pasted: string | undefined;
  #isTooLong = false;

  /** Takes what was read. */
  push(read: string): Stroke[] {
    const strokes: Stroke[] = [];
    let rest = this.#held + read;
    this.#held = '';
    while (rest !== '')
      rest = this.#pasted === undefined ? this.#take(rest, strokes) : this.#paste(rest, strokes);
    return strokes;
  }

  /** What the keys wait for: the end of a paste, or what an ESC is the beginning of. */
  get awaits(): 'nothing' | 'paste' | 'sequence' {
    if (this.#pasted !== undefined) return 'paste';
    return this.#held.endsWith(ESC) ? 'sequence' : 'nothing';
  }

  /** Nothing has come for a while: an ESC was the key of that name, which does nothing, and a paste has ended. */
  expire(): Stroke[] {
    if (this.#pasted !== undefined) return [this.#ended(this.#pasted)];
    if (this.awaits === 'sequence') this.#held = '';
    return [];
  }

  /** Takes one stroke off the beginning, and returns the rest. */
  #take(rest: string, strokes: Stroke[]): string {
    const text = match(TEXT, rest, 0);
    if (text !== undefined) {
      strokes.push({ kind: 'text', text });
      return rest.slice(text.length);
    }
    if (rest[0] === ESC) return this.#escape(rest, strokes);
    const isText = rest[0] === '\t' && rest.length > 1;
    strokes.push(isText ? { kind: 'text', text: '\t' } : { kind: 'key', sequence: rest[0]! });
    return rest.slice(1);
  }

  /** Takes what begins with ESC off the beginning, and returns the rest. Two ESCs mean the same as one. */
  #escape(rest: string, strokes: Stroke[]): string {
    let at = 0;
    while (rest[at] === ESC) at++;
    const whole = match(WHOLE, rest, at);
    if (whole !== undefined) {
      if (whole === PASTE_STARTS) this.#pasted = '';
      else if (KNOWN.test(whole)) strokes.push({ kind: 'key', sequence: ESC + whole });
      return rest.slice(at + whole.length);
    }
    const end = at + match(BEGUN, rest, at)!.length;
    if (end === rest.length && end <= MOST_SEQUENCE_CHARS) this.#held = rest;
    return rest.slice(end);
  }

  /** Takes what belongs to the paste, and returns the rest. */
  #paste(rest: string, strokes: Stroke[]): string {
    const before = this.#pasted!;
    const all = before + rest;
    const end = all.indexOf(PASTE_ENDS, Math.max(0, before.length - PASTE_ENDS.length + 1));
    if (end !== -1) {
      strokes.push(this.#ended(all.slice(0, end)));
      return all.slice(end + PASTE_ENDS.length);
    }
    this.#isTooLong ||= all.length > MOST_PASTED_CHARS + PASTE_ENDS.length;
    // Of one that is too long, only what its end may have begun in.
    this.#pasted = this.#isTooLong ? all.slice(1 - PASTE_ENDS.length) : all;
    return '';
  }

  #ended(text: string): Stroke {
    const isTooLong = this.#isTooLong || text.length > MOST_PASTED_CHARS;
    this.#pasted = undefined;
    this.#isTooLong = false;
    return isTooLong ? { kind: 'refused' } : { kind: 'paste', paste: parted(text) };
  }
}

/** What a sticky pattern finds at this place. */
function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
