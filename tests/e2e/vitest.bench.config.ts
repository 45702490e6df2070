import { defineConfig } from 'vitest/config';

// What `cargo xtask bench` measures in a browser; no part of the tests.
export default defineConfig({
  test: { name: 'bench', include: ['bench/**/*.bench.ts'], testTimeout: 300_000, hookTimeout: 60_000, fileParallelism: false },
});
