// Where the issuer sends the window of a sign-in: hands the address to the page that opened it, and closes.
import { CHANNEL } from './host/page/window';

const answer = location.href;
history.replaceState(null, '', location.pathname);
new BroadcastChannel(CHANNEL).postMessage(answer);
close();
