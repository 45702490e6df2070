// `node library.mjs PACKAGE_ROOT PACKAGE_OF_VITE MEASURE PURE`: measures the npm package and the core beneath it
// (MEASURE, its example of that name; PURE, the module of its functions alone) beside others, and prints one JSON text.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import netrc from 'netrc';
import * as netrcParser from 'netrc-parser';

import { inspectInJavaScript } from './inspect-in-javascript.mjs';
import { compare, median } from './measure.mjs';
import * as samples from './samples.mjs';
import { sizes } from './sizes.mjs';

const [, , packageRoot, vite, measure, ...pure] = process.argv;
const pulltoken = await import(pathToFileURL(join(packageRoot, 'dist', 'esm', 'node.js')));
if (pulltoken.runtime !== 'native') throw new Error('the native module is missing: run `cargo xtask build`');
const { credentials, now } = samples;

// What is compared has to do the same.
const [own, other] = [pulltoken.inspectCredentials(credentials, { now }), inspectInJavaScript(credentials, { now })];
if (JSON.stringify(own) !== JSON.stringify(other)) throw new Error(`two reports differ: ${JSON.stringify([own, other])}`);
const machines = pulltoken.parseNetrc(samples.netrc).length;
if (Object.keys(netrc.parse(samples.netrc)).length !== machines) throw new Error('two readings of a .netrc differ');

const reports = compare('a report on a pull token', { rounds: 101, calls: 1000 }, [
  ['pulltoken inspectCredentials', () => pulltoken.inspectCredentials(credentials, { now })],
  ['jose and the same checks in JavaScript', () => inspectInJavaScript(credentials, { now })],
]);

const reading = compare(`a .netrc of 1 MB, ${machines} entries`, { rounds: 11, calls: 1 }, [
  ['pulltoken parseNetrc', () => pulltoken.parseNetrc(samples.netrc)],
  ['npm netrc', () => netrc.parse(samples.netrc)],
  ['npm netrc-parser', () => netrcParser.parse(samples.netrc)],
]);
const editing = compare('an .npmrc of 1,000 lines', { rounds: 101, calls: 10 }, [
  ['pulltoken edit', () => pulltoken.edit(samples.npmrc, 'npmrc', credentials)],
]);

const files = ['netrc', 'npmrc'].map((name) => {
  const path = join(import.meta.dirname, `sample.${name}`);
  writeFileSync(path, samples[name], { mode: 0o600 });
  return path;
});
const native = JSON.parse(execFileSync(measure, [...files, '101'], { encoding: 'utf8' }));
const python = execFileSync('python3', [join(import.meta.dirname, 'netrc_in_python.py'), files[0], '5'], { encoding: 'utf8' });
reading.rows.unshift({ name: 'the core in Rust', seconds: native.netrc });
reading.rows.push({ name: "Python's netrc", seconds: median(python.trim().split('\n').map(Number)) });
editing.rows.unshift({ name: 'the core in Rust', seconds: native.npmrc });

process.stdout.write(JSON.stringify({ times: [reading, reports, editing], sizes: await sizes(packageRoot, vite, pure) }));
