import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The policy of every page: its own styles, pictures and the recorded lesson; no script, and nothing from elsewhere. */
const POLICY =
  "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; font-src 'self'; frame-src 'self'";

/**
 * Makes a built page open from anywhere, a disk included: every address becomes relative and names a file. Scripts and
 * preloads go; the page needs none.
 */
export function relocate(html: string, page: string): string {
  const up = '../'.repeat(page.split('/').length - 1);
  return html
    .replaceAll(/<script\b[^>]*>.*?<\/script>/gs, '')
    .replaceAll(
      /<link rel="(?:modulepreload|preload)" [^>]*>|<link [^>]*vp-icons[^>]*>|<meta name="generator"[^>]*>/g,
      '',
    )
    .replace('<link rel="preload stylesheet"', '<link rel="stylesheet"')
    .replaceAll(
      /\b(href|src|srcset)="([^"]*)"/g,
      (_, name: string, to: string) => `${name}="${toFile(to, up)}"`,
    )
    .replace(
      '<meta charset="utf-8">',
      `<meta charset="utf-8">\n    <meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    );
}

function toFile(address: string, up: string): string {
  if (/^(?:[a-z]+:|#|$)/.test(address)) return address;
  const [path = '', anchor] = address.split('#');
  const own = path.startsWith('/') ? `${up}${path.slice(1)}` : path;
  const file = own === '' || own.endsWith('/') ? `${own}index.html` : own;
  return anchor === undefined ? file : `${file}#${anchor}`;
}

/** Finishes a built site: its styles find the fonts from any folder, and what only scripts would read goes. */
export function finish(folder: string): void {
  for (const name of readdirSync(join(folder, 'assets'))) {
    const file = join(folder, 'assets', name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('url(/', 'url(../'));
  }
  for (const name of ['404.html', 'hashmap.json', 'vp-icons.css', 'package.json'])
    rmSync(join(folder, name), { force: true });
}
