import { describe, expect, test } from 'vitest';

import { caseFiles, perform } from './cases.ts';
import { runtimes } from './runtimes.ts';

describe.each(runtimes)('%s', (_name, api) => {
  describe.each(caseFiles())('$file', ({ cases }) => {
    test.each(cases)('$name', (input) => {
      expect(perform(api, input)).toStrictEqual(input.expect);
    });
  });
});
