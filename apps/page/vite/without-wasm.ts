import type { Plugin } from 'vite';

const CHOICE = 'findPlainText(globalThis as Globals)';

/**
 * Removes the codec's WebAssembly from the page. The page's policy forbids compiling it: the codec would fall back by
 * itself, but the browser would report a violation each time.
 */
export function withoutWasm(): Plugin {
  return {
    name: 'without-wasm',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('/codec/src/plain-text.ts')) return undefined;
      if (!code.includes(CHOICE)) throw new Error(`Cannot build the page: ${id} has no ${CHOICE}`);
      return code.replace(CHOICE, 'portable');
    },
  };
}
