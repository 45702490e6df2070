import { App } from './frame/App';
import { PageHost } from './host/page/host';
import { start } from './start';
import { loadMessages } from './text';

await loadMessages('_locales/en/messages.json');
start('extensionName', <App host={new PageHost('settings.json')} surface="web" />);
