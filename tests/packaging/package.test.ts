// The package as somebody gets it: what is in it, and that each way to load it works.
import { rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { makeProject, output, type Project, run } from './project.ts';

let project: Project;

beforeAll(async () => {
  project = await makeProject();
});

afterAll(() => project?.remove());

const node = (file: string) => output(process.execPath, [file], { cwd: project.root });

/** Prints what two calls give, one of which fails. */
const BODY = `
let code;
try { pulltoken.parseTtl('x'); } catch (error) { code = error instanceof pulltoken.PullTokenError && error.code; }
console.log(JSON.stringify([pulltoken.runtime, pulltoken.parseTtl('1h').seconds, code, typeof pulltoken.Client]));
`;

/** Prints what a client gives that sends with a function of its own, which WebAssembly does on every binding. */
const CALL = `
const fetch = async (request) => new Response(JSON.stringify({ subject: new URL(request.url).pathname }));
const client = new pulltoken.Client({ token: 'eyJhbGciOiJub25lIn0.e30.c2ln', fetch });
client.whoami().then(({ subject }) => console.log(subject));
`;

test('it holds what is needed and no sources', () => {
  expect(project.files).toEqual(
    expect.arrayContaining([
      'bin/pulltoken.js',
      'dist/cjs/node.js',
      'dist/esm/node.d.ts',
      'dist/esm/node.js',
      'dist/web/web-core.js',
      'dist/web/web.js',
      'package.json',
      'wasm/nodejs/pulltoken.js',
      'wasm/web/pulltoken_bg.wasm',
    ]),
  );
  expect(project.files.filter((file) => /^(src|scripts|tsconfig)/.test(file))).toStrictEqual([]);
  expect(project.files.filter((file) => file.endsWith('.wasm'))).toStrictEqual([
    'wasm/web-core/pulltoken_bg.wasm',
    'wasm/web/pulltoken_bg.wasm',
  ]);
});

describe('in Node', () => {
  test('it can be imported', async () => {
    const file = await project.write('import.mjs', `import * as pulltoken from 'pulltoken';${BODY}${CALL}`);
    const [first = '', second] = (await node(file)).trim().split('\n');
    expect(JSON.parse(first)).toStrictEqual(['native', 3600, 'invalid_ttl', 'function']);
    expect(second).toBe('/auth/v1/ok');
  });

  test('it can be required', async () => {
    const file = await project.write('require.cjs', `const pulltoken = require('pulltoken');${BODY}${CALL}`);
    const [first = '', second] = (await node(file)).trim().split('\n');
    expect(JSON.parse(first)).toStrictEqual(['native', 3600, 'invalid_ttl', 'function']);
    expect(second).toBe('/auth/v1/ok');
  });

  test('it works without the native module', async () => {
    const [native, away] = [join(project.installed, 'native'), join(project.root, 'native-away')];
    const file = await project.write(
      'fallback.mjs',
      `import * as pulltoken from 'pulltoken';${BODY}
      await new pulltoken.Client({ token: 'x' }).createPullToken({ ecosystem: 'java' }).catch((error) => console.log(error.code));
      await new pulltoken.Client({ caFile: 'x' }).whoami().catch((error) => console.log(error.code));`,
    );
    await rename(native, away);
    try {
      const [first = '', ...codes] = (await node(file)).trim().split('\n');
      expect(JSON.parse(first)).toStrictEqual(['wasm', 3600, 'invalid_ttl', 'function']);
      expect(codes).toStrictEqual(['session_unusable', 'usage']);
    } finally {
      await rename(away, native);
    }
  });

  test('the part for the web can be imported and given its module', async () => {
    const file = await project.write(
      'web.mjs',
      `import { readFile } from 'node:fs/promises';
      import { createRequire } from 'node:module';
      import { join } from 'node:path';
      import * as pulltoken from 'pulltoken/web';
      const root = join(createRequire(import.meta.url).resolve('pulltoken/package.json'), '..');
      const bytes = await readFile(join(root, 'wasm', 'web', 'pulltoken_bg.wasm'));
      const wrong = await pulltoken.init(new Uint8Array(8)).catch((error) => error);
      await Promise.all([pulltoken.init(WebAssembly.compile(bytes)), pulltoken.init()]);
      await pulltoken.init();
      console.log(wrong instanceof pulltoken.PullTokenError, wrong.code, pulltoken.parseTtl('1h').seconds);`,
    );
    expect(await node(file)).toBe('true internal 3600\n');
  });

  test('the smaller part for the web writes what it cannot edit, and makes way for the complete one', async () => {
    const file = await project.write(
      'web-core.mjs',
      `import { readFile } from 'node:fs/promises';
      import { createRequire } from 'node:module';
      import { join } from 'node:path';
      import * as complete from 'pulltoken/web';
      import * as core from 'pulltoken/web/core';
      const root = join(createRequire(import.meta.url).resolve('pulltoken/package.json'), '..', 'wasm');
      const pair = { username: '_token', password: 'x' };
      const text = 'telemetry = false\\n';
      const edited = () => { try { return core.edit(text, 'bunfig', pair).startsWith(text); } catch (error) { return error.code; } };
      await core.init(readFile(join(root, 'web-core', 'pulltoken_bg.wasm')));
      const [small, written] = [edited(), core.render(pair, 'bunfig').includes('_token')];
      await complete.init(readFile(join(root, 'web', 'pulltoken_bg.wasm')));
      await core.init();
      console.log(small, written, edited());`,
    );
    expect(await node(file)).toBe('format_not_editable true true\n');
  });
});

describe('in TypeScript', () => {
  const SOURCE = `
import { Client, type ClientOptions, type CredentialReport, type ErrorCode, inspectCredentials, parseTtl, PullToken, PullTokenError, render } from 'pulltoken';
import { Client as WebClient, init, parseNetrc } from 'pulltoken/web';

const seconds: number = parseTtl('1h').seconds;
const report: CredentialReport = inspectCredentials({ username: 'a', password: 'b' }, { now: new Date(), ecosystem: 'java' });
const expiry: Date | undefined = report.expiresAt;
const code: ErrorCode = new PullTokenErrorLike().code;
export async function make(signal: AbortSignal): Promise<string> {
  const token: PullToken = await new Client({ token: async () => 'x' }).createPullToken({ parent: 'example', ecosystems: ['java', 'newer'], signal });
  await init();
  const password: string | undefined = parseNetrc('')[0]?.password;
  return render(token, 'netrc', { onWarning: (warning) => warning.hint }) + password + seconds + expiry + code;
}
const options: ClientOptions = { fetch, connectTo: ['a.test:443::8443'] };
const other: ClientOptions = { fetch: (request) => globalThis.fetch(request.url) };
export async function manage(client: Client = new WebClient({ ...options, ...other })): Promise<string | undefined> {
  const { roles, expiresAt } = await client.whoami();
  const report = await client.deleteExpiredPullTokens({ parent: 'example', unusedSince: expiresAt ?? undefined, onProgress: ({ done, total }) => done / total });
  const { replaced } = await client.rotatePullToken({ id: report.deleted[0] ?? '', keepOld: '24h' });
  const [info] = await client.listPullTokens({ expired: 'all', signal: AbortSignal.timeout(5) });
  return replaced?.until?.toISOString() ?? info?.roles[0]?.group.name ?? roles[0]?.capabilities[0];
}
declare class PullTokenErrorLike { code: PullTokenError['code'] }
// @ts-expect-error a number is no duration
parseTtl(5);
// @ts-expect-error no such format
render({ username: 'a', password: 'b' }, 'nope');
// @ts-expect-error an organisation has to be named
new Client().deleteExpiredPullTokens({});
// @ts-expect-error a moment is a Date
inspectCredentials({ username: 'a', password: 'b' }, { now: 5 });
`;
  // Declarations are checked too, and no types of Node are at hand.
  const STRICT = [
    '--noEmit',
    '--strict',
    '--exactOptionalPropertyTypes',
    '--target',
    'es2022',
    '--lib',
    'es2023,dom',
    '--types',
    '',
  ];
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const check = (...args: string[]) => run(process.execPath, [tsc, ...STRICT, ...args], { cwd: project.root });

  test.each([
    ['ESM in Node', 'types.mts', ['--module', 'nodenext']],
    ['CommonJS in Node', 'types.cts', ['--module', 'nodenext']],
    ['a bundler', 'types.ts', ['--module', 'esnext', '--moduleResolution', 'bundler']],
  ])('its types serve %s', async (_name, name, args) => {
    await project.write(name, SOURCE);
    expect(await check(...args, name)).toMatchObject({ stdout: '', code: 0 });
  });

  test('the part for Node needs no types of a browser', async () => {
    const source = `import { parseTtl } from 'pulltoken';\nexport const seconds: number = parseTtl('1h').seconds;`;
    await project.write('alone.mts', source);
    expect(await check('--module', 'nodenext', '--lib', 'es2023', 'alone.mts')).toMatchObject({ stdout: '', code: 0 });
  });
});
