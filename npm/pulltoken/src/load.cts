// Finds the binding in Node: the native module where it loads, else WebAssembly. CommonJS in both
// builds, since `require` is what loads a native module.
import fs = require('node:fs');
import path = require('node:path');

const root = path.join(__dirname, '..', '..');

/** The names under which the native module may lie, the usual C library first. */
function candidates(): string[] {
  const platform = `${process.platform}-${process.arch}`;
  const names = process.platform === 'linux' ? [platform, `${platform}-musl`] : [platform];
  return names.map((name) => path.join(root, 'native', `pulltoken.${name}.node`));
}

/** The WebAssembly module, which Node reads from this package. */
function loadWasm(): unknown {
  return require(path.join(root, 'wasm', 'nodejs', 'pulltoken.js'));
}

interface Loaded {
  runtime: 'native' | 'wasm';
  raw: unknown;
  loadWasm: () => unknown;
  /** Where the program `pulltoken` may lie beside the modules. */
  folders: readonly string[];
}

/** This package's own, and that of the checkout around it. Around an installed package lies somebody's project. */
const folders: readonly string[] = root.split(path.sep).includes('node_modules')
  ? [path.join(root, 'native')]
  : [path.join(root, 'native'), path.join(root, '..', '..', 'target', 'release')];

function load(): Loaded {
  for (const file of candidates()) {
    if (!fs.existsSync(file)) continue;
    try {
      return { runtime: 'native', raw: require(file), loadWasm, folders };
    } catch {
      // Made for another C library or an older Node: WebAssembly does the same.
    }
  }
  return { runtime: 'wasm', raw: loadWasm(), loadWasm, folders };
}

const loaded: Loaded = load();
export = loaded;
