import { PullTokenError, type ErrorCode } from 'pulltoken/web/core';
import { expect, test } from 'vitest';
import { isOutage, isStop, troubleOf } from './trouble';

const failure = (code: ErrorCode, more: object = {}): PullTokenError => {
  const fields = { code, message: 'what', hint: 'next', ...more };
  return Object.create(PullTokenError.prototype, Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, { value }]))) as PullTokenError;
};

test.each([
  ['unauthenticated', 'sign_in'],
  ['session_expired', 'sign_in'],
  ['network', 'retry'],
  ['rate_limited', 'retry'],
  ['server_error', 'retry'],
  ['permission_denied', 'none'],
  ['capability_missing', 'none'],
  ['ttl_exceeds_plan', 'none'],
] as const)('%s: %s', (code, remedy) => {
  expect(troubleOf(failure(code))).toEqual({ code, message: 'what', hint: 'next', remedy });
});

test('the server\'s name of the request is told where there is one', () => {
  expect(troubleOf(failure('server_error', { requestId: 'r-1' }))).toMatchObject({ requestId: 'r-1' });
});

test('what is nobody\'s known failure has no code', () => {
  expect(troubleOf(new TypeError('odd'))).toEqual({ message: 'odd', remedy: 'retry' });
  expect(troubleOf('odd')).toEqual({ message: 'odd', remedy: 'retry' });
});

test('stopping and outages are told apart', () => {
  expect([isStop(failure('interrupted')), isStop(failure('network')), isStop(new Error())]).toEqual([true, false, false]);
  expect([isOutage(failure('network')), isOutage(failure('unauthenticated'))]).toEqual([true, false]);
});
