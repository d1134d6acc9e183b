import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** A fenced block of a document. */
export interface Fence {
  readonly document: string;
  /** The line of its first fence, from 1. */
  readonly at: number;
  /** `none` if it says none. */
  readonly language: string;
  readonly body: string;
  /** The headings that it is below, from `##` on. */
  readonly below: readonly string[];
}

/** Every document of ours. A changeset is none: it is read once, and then part of a changelog. */
export function markdownFiles(): string[] {
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
    encoding: 'utf8',
  })
    .trim()
    .split('\n')
    .filter((file) => existsSync(file) && !/^\.changeset\/|CHANGELOG\.md$|^apps\/site\/content\//.test(file));
}

/** Every fenced block of a document, without its indentation. */
export function fencesOf(document: string, text: string = readFileSync(document, 'utf8')): Fence[] {
  const fences: Fence[] = [];
  let open: { at: number; language: string; indent: number; lines: string[] } | undefined;
  const below: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const [, indent = '', language = ''] = /^( *)```(\S*)/.exec(line) ?? [];
    const isFence = /^ *```/.test(line);
    const [, marks = '', heading = ''] = /^(#{2,}) (.*)$/.exec(line) ?? [];
    if (open === undefined && isFence) {
      open = { at: index + 1, language: language || 'none', indent: indent.length, lines: [] };
    } else if (open !== undefined && isFence) {
      const { at, language: of, lines } = open;
      fences.push({ document, at, language: of, body: lines.join('\n'), below: [...below] });
      open = undefined;
    } else if (open !== undefined) open.lines.push(line.slice(open.indent));
    else if (marks !== '') below.splice(marks.length - 2, Infinity, heading);
  }
  return fences;
}
