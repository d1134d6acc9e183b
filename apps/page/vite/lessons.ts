import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { HtmlTagDescriptor, Plugin } from 'vite';

/** Where the recorded lessons are: `1.jsonl`, `2.jsonl` and so on. */
const FOLDER = fileURLToPath(new URL('../lessons/', import.meta.url));

interface Lesson {
  readonly number: number;
  readonly title: string;
  readonly try: string;
  readonly flags: readonly string[];
}

interface Recorded extends Lesson {
  readonly text: string;
}

/** Text that can stand in a data block: no character of it ends the block. In JSON, `<` occurs only within strings. */
const inBlock = (json: string): string => json.replaceAll('<', String.raw`\u003c`);

const asText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Errors: throws for a recording without its number, or without captions one after the other. */
function recorded(name: string): Recorded {
  const text = readFileSync(FOLDER + name, 'utf8');
  const messages = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly k: string; readonly t: number } & Partial<Lesson>);
  const { number, title, try: toTry, flags } = messages.find(({ k }) => k === 'lesson') ?? {};
  const times = messages.filter(({ k }) => k === 'caption').map(({ t }) => t);
  const isInOrder = times.length > 0 && times.every((t, i) => i === 0 || t > times[i - 1]!);
  if (`${number}.jsonl` !== name || !title || !toTry || !flags || !isInOrder)
    throw new Error(`Cannot build the page: lessons/${name} needs its lesson, and captions at growing times`);
  return { number: number!, title, try: toTry, flags, text };
}

/**
 * Adds the lessons to the page: a page for each, with its recording in a data block, and `lessons.json`, which is also in
 * a data block of every page. Data blocks are not executed, so the page's policy allows them, and pages opened from a
 * disk cannot load files.
 */
export function lessons(): Plugin {
  const all = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.jsonl'))
    .map(recorded)
    .toSorted((a, b) => a.number - b.number);
  const list = JSON.stringify(all.map(({ text: _text, ...lesson }): Lesson => lesson));
  return {
    name: 'lessons',
    apply: 'build',
    transformIndexHtml: (): HtmlTagDescriptor[] => [
      {
        tag: 'script',
        attrs: { type: 'application/json', id: 'lessons' },
        children: inBlock(list),
        injectTo: 'body-prepend',
      },
    ],
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const index = bundle['index.html'];
        if (index?.type !== 'asset') throw new Error('Cannot build the lessons: there is no index.html');
        this.emitFile({ type: 'asset', fileName: 'lessons.json', source: `${list}\n` });
        for (const { number, title, text } of all) {
          const block = `<script type="application/jsonl" id="recording">${inBlock(text)}</script>`;
          const source = String(index.source)
            .replace(/<title>.*<\/title>/, () => `<title>Lesson ${number}: ${asText(title)}</title>`)
            .replace('<div id="app">', () => `${block}<div id="app">`);
          this.emitFile({ type: 'asset', fileName: `lesson-${number}.html`, source });
        }
      },
    },
  };
}
