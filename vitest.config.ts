import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // A kiosk's start on a loaded machine.
    hookTimeout: 60_000,
  },
});
