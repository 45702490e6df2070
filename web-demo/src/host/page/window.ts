// A window of the browser's in which a person signs in, and which brings the answer back to the page that opened it.

/** On which the page that the issuer sends the browser to says so. */
export const CHANNEL = 'pulltoken.signed-in';

/** Milliseconds. */
const LAST_WORDS = 1_000;

export interface SignInWindow {
  /** Goes to the issuer's page; gives the address that comes back with this nonce or without any, or nothing if the window closed before. */
  visit(url: string, nonce: string, signal?: AbortSignal): Promise<string | undefined>;
  close(): void;
}

export function openWindow(): SignInWindow | undefined {
  const opened = open('about:blank', '_blank', 'popup,width=520,height=680');
  return opened === null ? undefined : { visit: (url, nonce, signal) => visit(opened, url, nonce, signal), close: () => opened.close() };
}

async function visit(opened: WindowProxy, url: string, nonce: string, signal?: AbortSignal): Promise<string | undefined> {
  // Stopped while the way there was made ready.
  if (signal?.aborted) return undefined;
  const channel = new BroadcastChannel(CHANNEL);
  let watch: ReturnType<typeof setInterval> | undefined;
  try {
    return await new Promise<string | undefined>((resolve) => {
      channel.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (typeof data !== 'string' || !URL.canParse(data)) return;
        const brought = new URL(data).searchParams.get('nonce');
        // Another tab's window says its own here, too. Where there is none, the issuer lost it.
        if (brought === null || brought === nonce) resolve(data);
      };
      signal?.addEventListener('abort', () => resolve(undefined), { once: true });
      // No event tells that a window of another origin has closed. Its last words may come after it.
      watch = setInterval(() => opened.closed && setTimeout(resolve, LAST_WORDS, undefined), 500);
      opened.location.replace(url);
    });
  } finally {
    clearInterval(watch);
    channel.close();
  }
}
