import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { name: 'web-demo', include: ['src/**/*.test.ts'] } });
