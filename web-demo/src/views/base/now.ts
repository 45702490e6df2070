import { useEffect, useMemo, useState } from 'preact/hooks';

const MINUTE = 60_000;

/**
 * The present moment, to the minute and whenever one of `reasons` changes: what has just been read must not lie in the
 * future. A page that is not looked at does not count.
 */
export function useNow(...reasons: readonly unknown[]): Date {
  const [tick, setTick] = useState(0);
  const now = useMemo(() => new Date(), [tick, ...reasons]);
  useEffect(() => {
    const look = () => document.visibilityState === 'visible' && setTick((number) => number + 1);
    const timer = setInterval(look, MINUTE);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return now;
}
