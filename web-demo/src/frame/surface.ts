// The ways from one of the extension's pages to another.
import { hashOf, type Deed } from '../views/deed';

/** In the address of a page that was opened to sign in by code. */
const CODE = 'sign-in=code';

export function pageAddress(organization: string | undefined): string {
  return organization === undefined ? 'page.html' : `page.html#${new URLSearchParams({ organization })}`;
}

export function openOptions(): void {
  void chrome.runtime.openOptionsPage();
}

/** Opens a page that stays when another window takes the focus, as no popup does. */
export function openForCode(): void {
  void chrome.tabs.create({ url: `page.html#${CODE}` });
  close();
}

/** The same for what ends in a password that nobody can show again. */
export function openForDeed(deed: Deed, organization: string): void {
  void chrome.tabs.create({ url: `page.html${hashOf(deed, organization)}` });
  close();
}

export function wantsCode(): boolean {
  return location.hash.slice(1).split('&').includes(CODE);
}
