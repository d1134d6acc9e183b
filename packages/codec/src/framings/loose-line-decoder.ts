import { LineDecoder, type LineRules } from '../line-decoder.ts';

const LF = 0x0a;
const CR = 0x0d;
/** What `skipping` may be: the next bytes are left out if they are an LF, or a byte order mark. */
const NEXT_LF = -1;
const NEXT_BOM = -2;

interface LooseRules extends LineRules {
  readonly bareCr?: 'fault' | 'content' | 'end' | undefined;
  readonly bom?: 'keep' | 'strip' | undefined;
}

/** Cuts lines that a lone CR may end too, after a byte order mark that is left out. */
export class LooseLineDecoder extends LineDecoder {
  readonly #crEnds: boolean;

  constructor(rules: LooseRules, plain: Uint8Array) {
    super(rules, plain);
    this.#crEnds = rules.bareCr === 'end';
    if (rules.bareCr === 'content' && rules.terminator === 'either') this.crSpan = 1;
    if (rules.bom === 'strip') this.skipping = NEXT_BOM;
  }

  protected override findEnd(): number {
    if (!this.#crEnds) return super.findEnd();
    const { chunk, size, at: from } = this;
    // Not two searches: the one that finds nothing would be repeated for each line.
    let at = from;
    while (at < size && chunk[at] !== LF && chunk[at] !== CR) at++;
    return at === size ? -1 : at;
  }

  /** An LF after a CR belongs to it, and may be in the next chunk. */
  protected override after(end: number): number {
    if (this.chunk[end] === LF) return end + 1;
    if (end + 1 === this.size) this.skipping = NEXT_LF;
    return this.chunk[end + 1] === LF ? end + 2 : end + 1;
  }

  protected override skip(): void {
    if (this.skipping > 0) super.skip();
    else this.#skipOptional();
  }

  #skipOptional(): void {
    const bytes = this.skipping === NEXT_BOM ? [0xef, 0xbb, 0xbf] : [LF];
    const same = bytes.findIndex((byte, index) => this.chunk[this.at + index] !== byte);
    if (same !== -1 && this.at + same === this.size && !this.last) {
      if (same > 0) this.hold();
      return;
    }
    this.skipping = 0;
    if (same !== -1) return;
    this.at += bytes.length;
    this.begin = this.base + this.at;
  }
}
