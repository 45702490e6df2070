import { Options } from './frame/Options';
import { ExtensionHost } from './host/extension/host';
import { permitOnly } from './host/extension/permissions';
import { start } from './start';

start('optionsTitle', <Options host={new ExtensionHost()} onPlaces={permitOnly} />);
