import type { Plugin } from 'vite';

/**
 * Loads the page's script as a classic one. In a page opened from a file, a browser
 * refuses modules and anything marked `crossorigin`, but runs a deferred script. Both fit `script-src 'self'`.
 */
export function classicScript(): Plugin {
  return {
    name: 'classic-script',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => html.replaceAll('type="module" crossorigin', 'defer').replaceAll(' crossorigin', ''),
    },
  };
}
