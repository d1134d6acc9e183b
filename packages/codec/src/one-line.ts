const MOST_CHARACTERS = 100;

/** A value in an error text. Text is quoted, so that `"5"` isn't taken for a number. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? `"${oneLine(value)}"` : oneLine(value);
}

/** Any value as one short line. */
export function oneLine(value: unknown): string {
  let text: string = typeof value;
  try {
    text = String(value);
  } catch {
    // An object without a prototype, or one that throws.
  }
  return visible(text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}...` : text);
}

/** Text with what isn't visible escaped: `\u{a}`. */
export function visible(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (unseen) => `\\u{${unseen.codePointAt(0)!.toString(16)}}`);
}
