import { useEffect, useState } from 'preact/hooks';
import type { DeviceCode } from '../host/host';
import { text } from '../text';
import { relative } from '../time';

/** What to type in at the provider's page, and the way there. */
export function CodeToEnter({ code: { url, userCode, expiresAt } }: { code: DeviceCode }) {
  const [left, setLeft] = useState(() => secondsTo(expiresAt));
  useEffect(() => {
    const watch = setInterval(() => setLeft(secondsTo(expiresAt)), 1_000);
    return () => clearInterval(watch);
  }, [expiresAt]);
  return (
    <>
      <p>{text('codeExplained')}</p>
      <p class="user-code"><bdi>{userCode}</bdi></p>
      <p><a href={url} target="_blank" rel="noreferrer">{text('codeOpen')}</a></p>
      {/* Not read out every second. */}
      <p class="hint" aria-live="off">{text('codeExpires', relative(left))}</p>
    </>
  );
}

function secondsTo(time: Date): number {
  return Math.max(0, (time.getTime() - Date.now()) / 1000);
}
