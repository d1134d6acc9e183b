import type { Plugin } from 'vite';

const CHOICE = 'findPlainText(globalThis as Globals)';

/**
 * Takes the codec's WebAssembly out of the page. Its policy forbids to compile any, so the codec would fall back by
 * itself, and each time the browser would report a violation.
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
