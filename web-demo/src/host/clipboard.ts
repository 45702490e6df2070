// What was copied, remembered as a digest: enough to know it again, and nothing to be read from.

/** How long a secret stays on the clipboard. */
export const CLIPBOARD_MINUTES = 1;

/** The digest of a text as a clipboard gives it back, whose line ends are the system's. */
export async function digest(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text.replace(/\r\n?/g, '\n'));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A clipboard, however it is reached. */
export interface Clipboard {
  readText(): Promise<string>;
  writeText(text: string): Promise<void>;
}

/** Empties the clipboard, if it still holds what had this digest. */
export async function clear(clipboard: Clipboard, copied: string): Promise<boolean> {
  if ((await digest(await clipboard.readText())) !== copied) return false;
  await clipboard.writeText('');
  return true;
}
