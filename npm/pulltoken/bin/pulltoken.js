#!/usr/bin/env node
// Starts the native program that lies in this package, or in the checkout around it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join, sep } from 'node:path';

const root = join(import.meta.dirname, '..');
const name = process.platform === 'win32' ? 'pulltoken.exe' : 'pulltoken';
// Around an installed package lies somebody's project, which must not decide what is started.
const isInstalled = root.split(sep).includes('node_modules');
const folders = isInstalled ? ['native'] : ['native', join('..', '..', 'target', 'release')];
const program = folders.map((folder) => join(root, folder, name)).find(existsSync);

if (program === undefined) {
  process.stderr.write(
    `pulltoken: this package holds no program for ${process.platform}-${process.arch}\n` +
      'hint: in a checkout build it with `cargo xtask build`; elsewhere install the program for this platform\n',
  );
  process.exit(1);
}

let child;
// What the terminal's keys send reaches the child by itself; this process only has to outlive it.
const fromKeys = process.stdin.isTTY ? ['SIGINT', 'SIGQUIT'] : [];
// Before the child starts: a signal in between would end this process and leave the child behind.
for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP']) {
  try {
    process.on(signal, () => {
      if (!fromKeys.includes(signal)) child?.kill(signal);
    });
  } catch {
    // Not a signal of this platform.
  }
}

child = spawn(program, process.argv.slice(2), { stdio: 'inherit' });
child.on('error', (error) => {
  process.stderr.write(`pulltoken: ${program} does not start: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
});
