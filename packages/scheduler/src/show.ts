const MOST_CHARACTERS = 100;

/** Any value in words, for the text of an error. A key may be an object that cannot say what it is. */
export function show(value: unknown): string {
  try {
    const text = String(value);
    return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}...` : text;
  } catch {
    return typeof value;
  }
}
