// Serves dist-web on loopback under the policy that the extension's pages have, and says where:
//   node scripts/serve.mjs '{"api":"http://127.0.0.1:1",…}'
// The settings are what the page begins with. It ends when its standard input does.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, relative, sep } from 'node:path';

const folder = join(import.meta.dirname, '../dist-web');
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json',
  '.wasm': 'application/wasm', '.png': 'image/png', '.svg': 'image/svg+xml',
};

/** Every file there is, read once: no path of a request is ever a path on disk. */
const files = new Map(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => [`/${relative(folder, path).split(sep).join('/')}`, { type: TYPES[extname(path)] ?? 'application/octet-stream', body: readFileSync(path) }]),
);
const settings = process.argv[2] ?? '{}';
const { api, issuer, registry } = JSON.parse(settings);
files.set('/settings.json', { type: 'application/json', body: Buffer.from(settings) });
files.set('/', files.get('/index.html'));

const POLICY = [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self'",
  ["connect-src 'self'", api, issuer, registry].filter(Boolean).join(' '), "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');

const server = createServer((request, answer) => {
  const file = files.get((request.url ?? '').split('?')[0]);
  if (file === undefined) return void answer.writeHead(404).end();
  answer.writeHead(200, { 'content-type': file.type, 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' });
  return void answer.end(file.body);
});
server.listen(0, '127.0.0.1', () => console.log(`http://localhost:${server.address().port}/`));
process.stdin.resume().on('end', () => process.exit());
