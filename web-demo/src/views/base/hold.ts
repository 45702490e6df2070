// What must stay in sight whatever becomes of the session.
import { createContext } from 'preact';
import { useContext, useLayoutEffect, useMemo, useState } from 'preact/hooks';

interface Hold {
  take(): void;
  release(): void;
}

/** Where a view says that it shows what nobody can show again. */
export const HoldContext = createContext<Hold>({ take: () => undefined, release: () => undefined });

/** Counts those who hold: whether there is one, and what to give them. */
export function useHolders(): { isHeld: boolean; hold: Hold } {
  const [count, setCount] = useState(0);
  const hold = useMemo(
    () => ({ take: () => setCount((number) => number + 1), release: () => setCount((number) => number - 1) }),
    [],
  );
  return { isHeld: count > 0, hold };
}

/** Keeps what is around this in its place for as long as this is there. */
export function useHold(): void {
  const { take, release } = useContext(HoldContext);
  useLayoutEffect(() => {
    take();
    return release;
  }, [take, release]);
}
