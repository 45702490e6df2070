// The same cases in a real browser, under a policy that allows nothing but the module.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { caseFiles } from './cases.ts';
import { type LoadedPage, loadPage } from './page.ts';

let loaded: LoadedPage;

beforeAll(async () => {
  loaded = await loadPage();
});

afterAll(() => loaded?.close());

describe.each(caseFiles())('$file', ({ cases }) => {
  let seen: unknown[];

  beforeAll(async () => {
    seen = await loaded.perform(cases);
  });

  test.each(cases.map((input, index) => ({ ...input, index })))('$name', ({ index, expect: wanted }) => {
    expect(seen[index]).toStrictEqual(wanted);
  });
});

test('nothing was asked for but the package itself', () => {
  const own = /^\/(index\.html|perform\.js|dist\/web\/.*|wasm\/web\/.*)$/;
  expect(loaded.requests.filter((path) => !own.test(path))).toStrictEqual([]);
  expect(loaded.requests).toContain('/wasm/web/pulltoken_bg.wasm');
});
