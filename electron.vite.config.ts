import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

// Electron 45, and the 33 that npm itself carries, run the same files.
const nodeTarget = 'node20.18';
const chromeTarget = 'chrome130';

// Packages with a native part stay outside the bundle; everything else is in it, so that nothing is resolved at run time.
const nativePackages = [
  '@photostructure/sqlite',
  'serialport',
  '@serialport/bindings-cpp',
  'node-hid',
  '@lydell/node-pty',
];

export default defineConfig({
  main: {
    build: {
      target: nodeTarget,
      externalizeDeps: false,
      rolldownOptions: {
        input: { main: 'electron/main.ts', gongji: 'src/cli/gongji.ts' },
        external: nativePackages,
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      target: nodeTarget,
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: 'electron/preload.ts' },
        // A sandboxed preload is a script, not a module.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/ui',
    plugins: [react()],
    build: {
      target: chromeTarget,
      // The content security policy knows no data: fonts.
      assetsInlineLimit: 0,
      rolldownOptions: { input: 'src/ui/index.html' },
    },
  },
});
