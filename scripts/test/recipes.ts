import { readFileSync } from 'node:fs';

/** A fenced block of a step, without its indentation. */
interface Block {
  readonly language: string;
  readonly lines: readonly string[];
}

/** What a step says to do. `at`: the step in words, for errors. */
export type Step = { readonly at: string } & (
  | { readonly kind: 'new'; readonly file: string; readonly text: string }
  | { readonly kind: 'edit'; readonly file: string; readonly places: readonly Place[] }
  | { readonly kind: 'run'; readonly commands: readonly string[]; readonly sessions: readonly Session[] }
);

/** Lines of a diff, each with its sign: those that are kept or removed stand one behind the other in the file. */
type Place = readonly { readonly sign: string; readonly text: string }[];

/** A terminal: each command, and the lines that it shows. */
export type Session = readonly { readonly command: string; readonly shows: readonly string[] }[];

export interface Recipe {
  readonly title: string;
  readonly steps: readonly Step[];
}

/**
 * The recipes of CONTRIBUTING.md.
 *
 * Shape:  below `## Recipes`, each `### Title` is one; its steps are a numbered list. The first word in backticks is the
 *         file; a `diff` block changes it, `sh` and `console` are run, any other block is the new file.
 * Errors: an `Error` that names a step that does nothing of this.
 */
export function recipes(document = readFileSync('CONTRIBUTING.md', 'utf8')): Recipe[] {
  const [, part = ''] = document.split('\n## Recipes\n');
  return part
    .split('\n## ', 1)
    .join('')
    .split('\n### ')
    .slice(1)
    .map((section) => {
      const title = section.split('\n', 1).join('');
      const steps = section.split(/\n(?=\d+\. )/).slice(1);
      return { title, steps: steps.map((text, index) => readStep(text, title, index + 1)) };
    });
}

function readStep(text: string, title: string, number: number): Step {
  const [, given, isNew, file] = /^(\d+)\. (New file )?(?:`([^`]+)`)?/.exec(text) ?? [];
  const at = `${title}, step ${number}${file === undefined ? '' : ` (${file})`}`;
  if (Number(given) !== number) throw new Error(`${at}: it has the number ${given}`);
  const blocks = blocksOf(text);
  const of = (language: string): (readonly string[])[] =>
    blocks.filter((block) => block.language === language).map(({ lines }) => lines);
  if (file === undefined) {
    const run = [...of('sh'), ...of('console')];
    if (run.length === 0 || run.length < blocks.length) throw new Error(`${at}: expected sh and console`);
    return { at, kind: 'run', commands: of('sh').flat(), sessions: of('console').map(readSession) };
  }
  const [block, ...more] = blocks;
  if (block === undefined || more.length > 0 || (block.language === 'diff') === (isNew !== undefined))
    throw new Error(`${at}: expected one block, a diff or the text of a new file`);
  if (isNew !== undefined) return { at, kind: 'new', file, text: `${block.lines.join('\n')}\n` };
  return { at, kind: 'edit', file, places: readPlaces(block.lines, at) };
}

function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^( *)```(\w+)\n(.*?)\n\1```$/gms)].map(
    ([, indent = '', language = '', body = '']) => ({
      language,
      lines: body.split('\n').map((line) => line.slice(indent.length)),
    }),
  );
}

function readPlaces(lines: readonly string[], at: string): Place[] {
  return lines
    .join('\n')
    .split('\n@@\n')
    .map((place) => {
      // Editors take the space of an empty line away.
      const rows = place.split('\n').map((row) => (row === '' ? ' ' : row));
      const wrong = rows.find((row) => !/^[ +-]/.test(row));
      if (wrong !== undefined) throw new Error(`${at}: neither kept, added nor removed: ${wrong}`);
      return rows.map((row) => ({ sign: row.slice(0, 1), text: row.slice(1) }));
    });
}

function readSession(lines: readonly string[]): Session {
  return lines
    .join('\n')
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...shows] = part.trimEnd().split('\n');
      return { command, shows };
    });
}

/**
 * What the file of a step is after it. `text`: what it is before; undefined where there is none. Where the step has been
 * followed already, the text stays.
 *
 * Errors: an `Error` that names the step, if a place is not there or is there more than once.
 */
export function follow(step: Exclude<Step, { kind: 'run' }>, text: string | undefined): string {
  if (step.kind === 'new') {
    if (text !== undefined && text !== step.text)
      throw new Error(`${step.at}: another file is there already`);
    return step.text;
  }
  if (text === undefined) throw new Error(`${step.at}: there is no such file`);
  let lines = text.split('\n');
  if (isFollowed(step.places, lines)) return text;
  for (const place of step.places) {
    const wanted = place.filter(({ sign }) => sign !== '+').map((row) => row.text);
    const [from, ...others] = placesOf(lines, wanted);
    if (from === undefined || others.length > 0) {
      const times = from === undefined ? 0 : others.length + 1;
      throw new Error(`${step.at}: these lines are there ${times} times, not once:\n${wanted.join('\n')}`);
    }
    let at = from;
    const now = place.flatMap(({ sign, text: row }) => {
      if (sign === '+') return [row];
      at++;
      return sign === '-' ? [] : lines.slice(at - 1, at);
    });
    lines = [...lines.slice(0, from), ...now, ...lines.slice(from + wanted.length)];
  }
  return lines.join('\n');
}

/** Whether what each place adds is there, and what a place removes without adding anything is not. */
function isFollowed(places: readonly Place[], lines: readonly string[]): boolean {
  const textsOf = (place: Place, not: string): string[] =>
    place.filter(({ sign }) => sign !== not).map((row) => row.text);
  const adds = places.filter((place) => place.some(({ sign }) => sign === '+'));
  return (
    adds.length > 0 &&
    adds.every((place) => placesOf(lines, textsOf(place, '-')).length === 1) &&
    places.every((place) => adds.includes(place) || placesOf(lines, textsOf(place, '+')).length === 0)
  );
}

/** Where these lines begin among those. One that ends with `...` is any that begins so. */
function placesOf(lines: readonly string[], wanted: readonly string[]): number[] {
  const isLike = (line: string | undefined, row: string): boolean =>
    row.endsWith('...') ? line?.startsWith(row.slice(0, -3)) === true : line === row;
  return [...lines.keys()].filter((from) => wanted.every((row, index) => isLike(lines[from + index], row)));
}
