import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Some tests start a kiosk themselves, which a loaded machine takes its time for.
    testTimeout: 120_000,
    // What protects keys is not written into the settings of whoever runs the tests.
    env: { GONGJI_CONFIG_DIR: join(import.meta.dirname, 'node_modules/.cache/gongji-test-config') },
    // A kiosk's start on a loaded machine.
    hookTimeout: 120_000,
  },
});
