// A small button on the console's page of pull tokens, which opens the popup for the organisation in the address.
// Of the page nothing but its address is read. Nothing secret ever comes here, and nothing can be asked from here.
import { organizationOf } from './console/organization';

const STYLE = `
  :host { all: initial; position: fixed; inset-block-end: 16px; inset-inline-end: 16px; z-index: 2147483000; color-scheme: light dark; }
  button {
    display: flex; align-items: center; gap: 6px; padding: 6px 12px; cursor: pointer;
    font: 13px/1.4 system-ui, sans-serif; color: light-dark(#0b6b79, #63c9d8); background: light-dark(#fff, #1d222a);
    border: 1px solid light-dark(#7b8794, #77828f); border-radius: 99px; box-shadow: 0 1px 4px #0003;
  }
  button:hover { background: light-dark(#e0f1f3, #17343a); }
  button:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
  @media print { :host { display: none; } }
`;

let shown: HTMLElement | undefined;

function update(): void {
  const isWanted = organizationOf(location.pathname) !== undefined;
  if (isWanted && shown === undefined) document.documentElement.append((shown = make()));
  if (!isWanted) {
    shown?.remove();
    shown = undefined;
  }
}

function make(): HTMLElement {
  const host = document.createElement('pulltoken-button');
  host.dir = chrome.i18n.getMessage('direction');
  host.lang = chrome.i18n.getMessage('locale');
  // Closed: the page can neither read nor press what is in it.
  const root = host.attachShadow({ mode: 'closed' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = chrome.i18n.getMessage('consoleButton');
  button.addEventListener('click', (event) => {
    const organization = organizationOf(location.pathname);
    if (event.isTrusted && organization !== undefined) void chrome.runtime.sendMessage({ kind: 'open', organization });
  });
  root.append(button);
  return host;
}

update();
// The console changes its address without loading a page.
globalThis.navigation?.addEventListener('currententrychange', update);
addEventListener('popstate', update);
