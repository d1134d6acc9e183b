const MOST_CHARACTERS = 100;

/** Any value as text, for an error. A key may be an object that can't be converted to a string. */
export function show(value: unknown): string {
  try {
    const text = String(value);
    return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}...` : text;
  } catch {
    return typeof value;
  }
}
