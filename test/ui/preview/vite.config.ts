import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The screens without Electron, every stage as a page: `vite build -c test/ui/preview/vite.config.ts`, then serve
 *  `out/preview`. Same rules as in the product: no inlined assets, because the CSP allows none. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  server: { fs: { allow: [resolve(import.meta.dirname, '../../..')] } },
  build: {
    outDir: process.env.PREVIEW_OUT ?? resolve(import.meta.dirname, '../../../out/preview'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'chrome130',
  },
});
