import { describe, expect, test } from 'vitest';
import { readMessage, type Sender } from './messages';

const OWN = { id: 'ours', root: 'chrome-extension://ours/' };
const PAGE: Sender = { id: 'ours', url: 'chrome-extension://ours/popup.html' };
const BUTTON: Sender = { id: 'ours', url: 'https://console.chainguard.dev/org/example/settings/pull-tokens', frameId: 0, tab: { id: 1, windowId: 7 } };
const OPEN = { kind: 'open', organization: 'example' };

describe('a page of ours', () => {
  test('may sign in, in a tab as well', () => {
    expect(readMessage({ kind: 'sign-in' }, PAGE, OWN)).toEqual({ from: 'page', message: { kind: 'sign-in' } });
    expect(readMessage({ kind: 'sign-out', more: 1 }, { ...PAGE, frameId: 0, tab: { windowId: 1 } }, OWN)?.message).toEqual({ kind: 'sign-out' });
  });

  test.each([OPEN, { kind: 'session' }, { kind: 3 }, {}, 'sign-in', null, undefined, ['sign-in']])('says nothing else: %j', (value) => {
    expect(readMessage(value, PAGE, OWN)).toBeUndefined();
  });
});

describe('the button on the console', () => {
  test('may have the popup opened', () => {
    expect(readMessage({ ...OPEN, token: 'x' }, BUTTON, OWN)).toEqual({ from: 'console', message: OPEN, windowId: 7 });
  });

  test.each([
    { kind: 'sign-in' }, { kind: 'sign-out' }, { kind: 'session' }, { kind: 'open' }, { kind: 'open', organization: 3 },
    { kind: 'open', organization: '<img src=x>' },
  ])('may nothing else: %j', (value) => {
    expect(readMessage(value, BUTTON, OWN)).toBeUndefined();
  });

  test.each([
    ['another extension', { ...BUTTON, id: 'theirs' }],
    ['nobody', { ...BUTTON, id: undefined }],
    ['another page', { ...BUTTON, url: 'https://console.chainguard.dev.example/org/example/settings/pull-tokens' }],
    ['a page without encryption', { ...BUTTON, url: 'http://console.chainguard.dev/' }],
    ['a frame', { ...BUTTON, frameId: 3 }],
    ['no tab', { ...BUTTON, tab: undefined }],
    ['no address', { ...BUTTON, url: undefined }],
    ['an address that looks like ours', { ...BUTTON, url: 'chrome-extension://oursnot/' }],
  ] satisfies [string, Sender][])('is not %s', (_, sender) => {
    expect(readMessage(OPEN, sender, OWN)).toBeUndefined();
  });
});
