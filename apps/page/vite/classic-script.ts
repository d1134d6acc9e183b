import type { Plugin } from 'vite';

/**
 * Loads the page's script as a classic one. A browser refuses modules, and anything marked `crossorigin`, to a page
 * that it has opened from a file; a deferred script it runs. Both fit `script-src 'self'`.
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
