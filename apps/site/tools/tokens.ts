import { readFileSync } from 'node:fs';
import type { Plugin } from 'vitepress';

const SOURCE = new URL('../../page/src/styles/tokens.css', import.meta.url);

/**
 * Puts the colours and fonts of the live page in front of the styles. There a button changes the theme; here the system
 * does, without a script.
 */
export function tokens(): Plugin {
  return {
    name: 'tokens',
    enforce: 'pre',
    transform: (code, id) => (/\/theme\/style\.css(?:\?|$)/.test(id) ? bothThemes() + code : undefined),
  };
}

function bothThemes(): string {
  const [light, dark] = readFileSync(SOURCE, 'utf8').split(/^(?=\[data-theme='dark'\]|\.s1 )/m);
  if (light === undefined || !dark?.startsWith('[data'))
    throw new Error('Cannot take the colours of the live page: tokens.css has no dark theme');
  return `${light}@media (prefers-color-scheme: dark) { ${dark.replace("[data-theme='dark']", ':root')} }\n`;
}
