import { defineConfig } from 'vite';
import { classicScript } from './vite/classic-script.ts';
import { fonts } from './vite/fonts.ts';
import { lessons } from './vite/lessons.ts';
import { withoutWasm } from './vite/without-wasm.ts';

export default defineConfig({
  base: './',
  resolve: { conditions: ['@proto/source', 'module', 'browser'] },
  plugins: [withoutWasm(), classicScript(), fonts(), lessons()],
  build: {
    outDir: 'dist',
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    // What the script is made of, with licences; packing makes one file of this and of the record of the fonts.
    license: { fileName: 'licences.json' },
    target: 'es2022',
    rolldownOptions: { output: { format: 'iife' } },
  },
});
