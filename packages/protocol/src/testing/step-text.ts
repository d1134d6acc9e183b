/** The placeholders of an expected line, each for any text of its kind. */
const KINDS: Readonly<Record<string, string>> = {
  '{address}': String.raw`\S+`,
  '{number}': String.raw`\d+`,
  '{reason}': '.+',
  '{text}': '.*',
};

const KIND = /(\{(?:address|number|reason|text)\})/;
const NAMED: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t' };

/** The bytes of text in a transcript: `\r`, `\n`, `\t`, `\\` and `\xNN` each stand for one byte. */
export function unescapeText(text: string): string {
  return text.replaceAll(/\\(r|n|t|\\|x([0-9a-f]{2}))/g, (_, escaped: string, hex?: string) =>
    hex === undefined ? (NAMED[escaped] ?? '\\') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/**
 * A received line, as a transcript would show it. Its `linePattern` matches only this line.
 *
 * Not `escape` of `@proto/xray`, which is for the eye: a transcript is parsed again, so a backslash is doubled.
 */
export function escapeText(line: string): string {
  return line.replaceAll(/\\|[^\x20-\x7e]|\{(?=(?:address|number|reason|text)\})/g, (char) => {
    if (char === '\\') return String.raw`\\`;
    if (char === '\t') return String.raw`\t`;
    return String.raw`\x` + char.charCodeAt(0).toString(16).padStart(2, '0');
  });
}

/** What an expected line matches: itself, with `{number}` and the like matching any text of that kind. */
export function linePattern(text: string): RegExp {
  const parts = text
    .split(KIND)
    .map((part) => KINDS[part] ?? unescapeText(part).replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('')}$`, 's');
}
