import { expect, test } from 'vitest';
import { deedOf, hashOf } from './deed';

const ORGANIZATION = '0123456789abcdef0123456789abcdef01234567';
const ID = `${ORGANIZATION}/0123456789abcdef`;

test.each([{ kind: 'create' }, { kind: 'rotate', id: ID }] as const)('%j survives an address', (deed) => {
  const hash = hashOf(deed, ORGANIZATION);
  expect(deedOf(hash)).toEqual(deed);
  expect(new URLSearchParams(hash.slice(1)).get('organization')).toBe(ORGANIZATION);
});

test.each(['', '#', '#organization=example', '#rotate', '#rotate=', '#rotate=../x', `#rotate=${ORGANIZATION}`, `#rotate=${ID}%2F`])(
  '%j begins nothing',
  (hash) => {
    expect(deedOf(hash)).toBeUndefined();
  },
);
