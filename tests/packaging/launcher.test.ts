// `npx pulltoken`: starts the program that lies in the package, and stands aside.
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { makeProject, type Project, run } from './project.ts';

let project: Project;
let command: string;

beforeAll(async () => {
  project = await makeProject();
  command = join(project.root, 'node_modules', '.bin', 'pulltoken');
});

afterAll(() => project?.remove());

const program = () => join(project.installed, 'native', 'pulltoken');

/** A stand-in for the native program. */
async function install(script: string, path = program()): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

afterEach(() => rm(program(), { force: true }));

test('arguments, output and exit code go through', async () => {
  await install('printf "<%s>" "$@"; echo problem >&2; exit 10');
  expect(await run(command, ['check', '--name', 'a b', ''])).toMatchObject({
    code: 10,
    stdout: '<check><--name><a b><>',
    stderr: 'problem\n',
  });
});

test('a signal reaches the program, which decides', async () => {
  await install('trap "exit 42" TERM; echo ready; while :; do sleep 0.01; done');
  const child = spawn(command, [], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toStrictEqual([42, null]);
});

test('the death of the program by a signal is told as shells do', async () => {
  await install('kill -KILL $$');
  expect(await run(command, [])).toMatchObject({ code: 137 });
});

test('without a program it says what to do', async () => {
  const outcome = await run(command, ['version']);
  expect(outcome).toMatchObject({ code: 1, stdout: '' });
  expect(outcome.stderr).toContain('cargo xtask build');
});

test('what a project has built is not started', async () => {
  const release = join(project.root, 'target', 'release');
  await mkdir(release, { recursive: true });
  await install('echo taken', join(release, 'pulltoken'));
  expect(await run(command, ['version'])).toMatchObject({ code: 1, stdout: '' });
  const file = await project.write(
    'sealed.mjs',
    `import { withSealedRegistry } from 'pulltoken';
    await withSealedRegistry({ env: { PATH: '' } }, () => 1).catch(({ code }) => console.log(code));`,
  );
  expect(await run(process.execPath, [file], { cwd: project.root })).toMatchObject({ stdout: 'command_not_found\n' });
});
