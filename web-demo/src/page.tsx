import { init } from 'pulltoken/web/core';
import { App } from './frame/App';
import { ExtensionHost } from './host/extension/host';
import { start } from './start';

// Loaded beside the first drawing. Whoever needs it waits for it, and tells what went wrong.
init().catch(() => {});
start('extensionName', <App host={new ExtensionHost()} surface="page" />);
