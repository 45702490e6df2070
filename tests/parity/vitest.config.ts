import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'parity',
    include: ['*.test.ts'],
    // The package as a program sees it: loaded by Node, not by the test runner's transformer.
    server: { deps: { external: [/npm\/pulltoken\//] } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
