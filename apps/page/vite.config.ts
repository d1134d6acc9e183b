import { defineConfig } from 'vite';
import { classicScript } from './vite/classic-script.ts';
import { fonts } from './vite/fonts.ts';

export default defineConfig({
  base: './',
  resolve: { conditions: ['@proto/source', 'module', 'browser'] },
  plugins: [classicScript(), fonts()],
  build: {
    outDir: 'dist',
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    target: 'es2022',
    rolldownOptions: { output: { format: 'iife' } },
  },
});
