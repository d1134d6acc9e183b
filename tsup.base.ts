import type { Options } from 'tsup';

/** How every package and app here is built: ESM, with types and source maps, `node:` prefixes kept. */
export function library(entry: string[]): Options {
  return {
    entry,
    format: 'esm',
    target: 'es2023',
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    sourcemap: true,
    // `tsup --no-dts`, which `npm start` runs, keeps the types of the last full build.
    clean: ['!**/*.d.ts'],
    removeNodeProtocol: false,
  };
}
