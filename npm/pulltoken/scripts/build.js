// Compiles src to dist/esm and dist/cjs for Node and to dist/web for all else, each with a binding of its own.
// The native and wasm modules come from `cargo xtask build`.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const compiler = createRequire(import.meta.url).resolve('typescript/package.json');
const tsc = join(dirname(compiler), 'bin', 'tsc');

rmSync(join(root, 'dist'), { recursive: true, force: true });
for (const project of ['tsconfig.json', 'tsconfig.cjs.json', 'tsconfig.web.json']) {
  const { status } = spawnSync(process.execPath, [tsc, '--project', join(root, project)], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
// The package says `"type": "module"`; below this folder it is otherwise.
writeFileSync(join(root, 'dist', 'cjs', 'package.json'), '{"type":"commonjs"}\n');
