import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'e2e',
    include: ['**/*.test.ts'],
    // Browsers and package managers start slowly where two cores share them.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
