// Loads the core for unit tests of what calls it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { init } from 'pulltoken/web/core';

const root = dirname(createRequire(import.meta.url).resolve('pulltoken/package.json'));
await init(readFileSync(join(root, 'wasm/web-core/pulltoken_bg.wasm')));
