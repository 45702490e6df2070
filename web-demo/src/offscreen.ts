// The page that Chromium's background is lent, to empty the clipboard with. Its address says what to look for.
import { clear, type Clipboard } from './host/clipboard';

/** The clipboard for a page that is not in front, which the asynchronous one does not serve. */
const board: Clipboard = {
  readText: async () => {
    const field = document.body.appendChild(document.createElement('textarea'));
    field.focus();
    document.execCommand('paste');
    const { value } = field;
    field.remove();
    return value;
  },
  writeText: async (text) => {
    const put = (event: ClipboardEvent): void => {
      event.preventDefault();
      event.clipboardData?.setData('text/plain', text);
    };
    document.addEventListener('copy', put, { once: true });
    document.execCommand('copy');
  },
};

await clear(board, location.hash.slice(1)).finally(() => window.close());
