// Links of a document that is read elsewhere: in a tarball, and on the page of a registry.
import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

/** Where Markdown, and the HTML in it, says where a link goes. The target is the second group. */
const TARGETS = [
  {
    pattern: /(!?\[(?:[^[\]]|\[[^\]]*\])*\]\()([^()\s]+)(?=[\s)])/g,
    isImage: (before) => before.startsWith('!'),
  },
  { pattern: /(^\[[^\]]+\]:\s+)(\S+)/g, isImage: () => false },
  { pattern: /(\bhref=")([^"]+)/g, isImage: () => false },
  { pattern: /(\b(?:src|srcset)=")([^"]+)/g, isImage: () => true },
];

/** A target that is an address already, or a heading of the same document. */
const STAYS = /^(?:[a-z][a-z\d+.-]*:|\/\/|#)/i;

/**
 * The text of a document with the same links for a reader who has only the shipped files: a link to any other file of
 * the repository becomes the address of that file at the tag. Code is left alone.
 *
 * Errors: a link to a file that is not there is thrown.
 *
 * @param {string} text
 * @param {{ folder: string, file: string, isShipped: (path: string) => boolean, address: string, tag: string,
 *   root: string }} where `folder` and `file`: where the document is; `isShipped` gets paths relative to `folder`
 */
export function absoluteLinks(text, { folder, file, isShipped, address, tag, root }) {
  const change = (target, isImage) => {
    if (STAYS.test(target)) return target;
    const [, path, anchor] = /^([^#]*)(#.*)?$/.exec(target);
    const inRepository = posix.join(folder, posix.dirname(file), path).replace(/\/$/, '');
    if (inRepository.startsWith('..') || !existsSync(join(root, inRepository))) {
      throw new Error(`Cannot pack ${folder}: its ${file} has a link to ${target}, which is not there`);
    }
    if (isShipped(posix.relative(folder, inRepository))) return target;
    const isFolder = statSync(join(root, inRepository)).isDirectory();
    const view = isImage ? 'raw' : isFolder ? 'tree' : 'blob';
    return `${address}/${view}/${tag}/${inRepository}${anchor ?? ''}`;
  };
  let isCode = false;
  return text
    .split('\n')
    .map((line) => {
      const isFence = /^\s*(?:```|~~~)/.test(line);
      if (isFence) isCode = !isCode;
      return isFence || isCode ? line : changeTargets(line, change);
    })
    .join('\n');
}

function changeTargets(line, change) {
  return TARGETS.reduce((text, { pattern, isImage }) => {
    const code = [...text.matchAll(/(`+)[^`].*?\1/g)].map(({ index, 0: { length } }) => [
      index,
      index + length,
    ]);
    return text.replace(pattern, (whole, before, target, at) => {
      const isInCode = code.some(([from, to]) => from <= at && at < to);
      return isInCode ? whole : `${before}${change(target, isImage(before))}`;
    });
  }, line);
}
