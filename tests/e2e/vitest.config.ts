import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'e2e',
    include: ['**/*.test.ts'],
    // Browsers and package managers start slowly where two cores share them.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A second, as it would be, is not much to a background that has to be woken first.
    expect: { poll: { timeout: 20_000 } },
  },
});
