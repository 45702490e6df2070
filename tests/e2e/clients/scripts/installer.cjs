'use strict';
// What install scripts do: fetch a program, install something in another folder, serve something to themselves.
// Says of each whether it worked; arguments are the address of the program and the client's own command.
const { execFile } = require('node:child_process');
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { createServer, get } = require('node:http');
const https = require('node:https');
const { createRequire } = require('node:module');
const { promisify } = require('node:util');

const [address, authority, packages, ...command] = process.argv.slice(2);
const call = promisify(execFile);
const { env } = process;

/** As node-pre-gyp and its like do it: npm's settings, else the generic variables. */
function byLibrary() {
  const { HttpsProxyAgent } = createRequire(packages)('https-proxy-agent');
  const proxy = env.npm_config_https_proxy ?? env.pnpm_config_https_proxy ?? env.HTTPS_PROXY ?? env.YARN_HTTPS_PROXY;
  if (!proxy) throw new Error('no proxy is set');
  const file = env.npm_config_cafile ?? env.pnpm_config_cafile ?? env.YARN_HTTPS_CA_FILE_PATH ?? env.NODE_EXTRA_CA_CERTS;
  return new Promise((resolve, reject) => {
    const options = { agent: new HttpsProxyAgent(proxy), ca: readFileSync(file) };
    https.get(address, options, (response) => resolve(response.resume().statusCode === 200)).on('error', reject);
  });
}

function byLoopback() {
  const server = createServer((_, response) => response.end('mine'));
  return new Promise((resolve, reject) => {
    server.listen(0, '127.0.0.1', async () => {
      const url = `http://127.0.0.1:${server.address().port}/`;
      try {
        const fetched = await (await fetch(url)).text();
        const curled = (await call('curl', ['--silent', '--fail', url])).stdout;
        const got = await new Promise((done, failed) => get(url, (it) => done(it.statusCode)).on('error', failed));
        resolve(fetched === 'mine' && curled === 'mine' && got === 200);
      } catch (error) {
        reject(error);
      } finally {
        server.close();
        server.closeAllConnections();
      }
    });
  });
}

async function nested() {
  mkdirSync('nested', { recursive: true });
  writeFileSync('nested/package.json', '{"name":"nested","version":"1.0.0","dependencies":{"right-hand":"^2.0.0"}}');
  writeFileSync('nested/yarn.lock', '');
  await call(command[0], command.slice(1), { cwd: 'nested' });
  return true;
}

const tries = {
  fetch: async () => (await fetch(address)).ok,
  curl: async () => (await call('curl', ['--silent', '--fail', '--cacert', authority, address])).stdout === 'a program',
  'a library that knows proxies': byLibrary,
  ...(command.length > 0 && { 'a nested install': nested }),
  'a loopback server': byLoopback,
};

(async () => {
  const results = {};
  for (const [name, act] of Object.entries(tries)) {
    results[name] = await act().catch((error) => `${error.message} ${error.cause ?? ''} ${error.stdout ?? ''} ${error.stderr ?? ''}`);
  }
  writeFileSync('installed.json', JSON.stringify(results));
})();
