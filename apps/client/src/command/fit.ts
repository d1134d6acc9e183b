/** A row of a help text: what stands in front, and a text that can be wrapped beside it. */
interface Row {
  readonly head: string;
  text: string;
}

/** A row that is narrower than this is hard to read: the text then goes below what stands in front. */
const LEAST_TEXT = 24;

/** How far such a text is indented. */
const BELOW = 6;

/**
 * Wraps a help text at words, for a terminal with this number of columns.
 *
 * Shape:  a row is `  --flag VALUE   text`, with two or more spaces between, or plain text. A line that is indented as far
 *         as the text of the row before it continues that row. An empty line, and one with another indent, begins a row.
 */
export function fit(help: string, columns: number): string {
  const rows: Row[] = [];
  for (const line of help.split('\n')) {
    const [, head = '', text = ''] = /^( *(?:\S+(?: \S+)* {2,})?)(.*)$/.exec(line) ?? [];
    const last = rows.at(-1);
    const continues = head.trim() === '' && head.length === last?.head.length;
    if (continues && text !== '' && last.text !== '' && isProse(last.text)) last.text += ` ${text}`;
    else rows.push({ head, text });
  }
  return rows.map((row) => wrapped(row, columns)).join('\n');
}

/** Whether a line may be joined with the next one: a flag alone isn't. */
function isProse(text: string): boolean {
  return !text.startsWith('-');
}

function wrapped({ head, text }: Row, columns: number): string {
  const isBelow = head.trim() !== '' && columns - head.length < LEAST_TEXT;
  const indent = isBelow ? BELOW : head.length;
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && indent + line.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  const begin = isBelow ? `${head.trimEnd()}\n${' '.repeat(indent)}` : head;
  return (begin + lines.join(`\n${' '.repeat(indent)}`)).trimEnd();
}
