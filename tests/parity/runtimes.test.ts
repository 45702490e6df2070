import { expect, test } from 'vitest';

import { early, runtimes } from './runtimes.ts';

test.each(runtimes)('what is called %s is that', (name, api) => {
  expect(api.runtime).toBe(name);
});

test('the entry points offer the same', () => {
  const [native, web] = runtimes.map(([, api]) => Object.keys(api));
  // The web needs its loading, and has no environment.
  const own = ['init', 'createRegistryAuth', 'getCredentials', 'FoundCredentials', 'withSealedRegistry'];
  const common = (names: string[] | undefined) => names?.filter((name) => !own.includes(name)).sort();
  expect(common(web)).toStrictEqual(common(native));
});

test('WebAssembly is not there before it is loaded', () => {
  expect(early).toMatchObject({ name: 'PullTokenError', code: 'usage' });
});
