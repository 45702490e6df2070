import { defineConfig } from 'vitest/config';

// Every suite of the checkout in one run, so that one report counts them all.
export default defineConfig({
  test: {
    projects: ['npm/*/vitest.config.ts', 'tests/*/vitest.config.ts', 'web-demo/vitest.config.ts'],
  },
});
