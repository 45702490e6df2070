import { App } from './frame/App';
import { ExtensionHost } from './host/extension/host';
import { start } from './start';

start('extensionName', <App host={new ExtensionHost()} surface="page" />);
