import { expect, test } from 'vitest';
import { DEFAULTS } from '../host/places';
import { draftOf, read } from './options-draft';

test('settings survive the form', () => {
  const settings = { ...DEFAULTS, notify: false, device: { provider: 'https://id.example/a', clientId: 'c' } };
  expect(read(draftOf(settings))).toEqual({ settings });
  expect(read(draftOf(DEFAULTS))).toEqual({ settings: DEFAULTS });
});

test.each([
  [{ api: 'http://api.example' }, { api: 'optionsWrongPlace' }],
  [{ registry: '' }, { registry: 'optionsWrongPlace' }],
  [{ expiringDays: '0' }, { expiringDays: 'optionsWrongDays' }],
  [{ expiringDays: ' ' }, { expiringDays: 'optionsWrongDays' }],
  [{ expiringDays: '1.5' }, { expiringDays: 'optionsWrongDays' }],
  [{ provider: 'https://id.example' }, { clientId: 'optionsWrongClient' }],
  [{ clientId: 'c' }, { provider: 'optionsWrongPlace' }],
])('%j is refused where it is wrong', (part, wrong) => {
  expect(read({ ...draftOf(DEFAULTS), ...part })).toEqual({ wrong });
});
