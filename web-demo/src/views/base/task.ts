// Work that takes time, for as long as the component that began it is there.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export type Progress<T> =
  | { state: 'idle' }
  | { state: 'running' }
  | { state: 'done'; value: T }
  | { state: 'failed'; error: unknown };

export interface Task<A extends unknown[], T> {
  progress: Progress<T>;
  /** Begins it; what ran before is stopped and forgotten. */
  run: (...given: A) => void;
  /** Asks it to stop. It ends with what it makes of that, an error as a rule. */
  stop: () => void;
}

/** A piece of work that is begun by hand. Its signal aborts when the component goes, or somebody stops it. */
export function useTask<A extends unknown[], T>(work: (signal: AbortSignal, ...given: A) => Promise<T>): Task<A, T> {
  const [progress, setProgress] = useState<Progress<T>>({ state: 'idle' });
  const controller = useRef<AbortController | undefined>(undefined);
  const latest = useRef(work);
  latest.current = work;
  useEffect(() => () => {
    controller.current?.abort();
    controller.current = undefined;
  }, []);

  const run = useCallback((...given: A) => {
    controller.current?.abort();
    const mine = new AbortController();
    controller.current = mine;
    const settle = (outcome: Progress<T>) => {
      if (controller.current === mine) setProgress(outcome);
    };
    setProgress({ state: 'running' });
    latest.current(mine.signal, ...given).then(
      (value) => settle({ state: 'done', value }),
      (error: unknown) => settle({ state: 'failed', error }),
    );
  }, []);
  const stop = useCallback(() => controller.current?.abort(), []);
  return { progress, run, stop };
}

/** Tells whether something is under way: also that it no longer is, when the component goes because it was done. */
export function useTold(tell: (isBusy: boolean) => void, isBusy: boolean): void {
  useEffect(() => {
    tell(isBusy);
    return () => tell(false);
  }, [isBusy]);
}

export interface Loaded<T> {
  /** What came last, also while it is being asked for again. */
  value?: T;
  error?: unknown;
  isLoading: boolean;
  reload: () => void;
  /** Puts a value in the place of what was loaded, where the change is known without asking. */
  replace: (change: (value: T) => T) => void;
}

/** What is asked for at once, and again whenever one of `reasons` changes. */
export function useLoad<T>(work: (signal: AbortSignal) => Promise<T>, reasons: readonly unknown[]): Loaded<T> {
  const [round, setRound] = useState(0);
  const [loaded, setLoaded] = useState<{ value?: T; error?: unknown; isLoading: boolean; reasons: readonly unknown[] }>(
    { isLoading: true, reasons },
  );
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    // What was shown for other reasons is not shown for these.
    setLoaded((old) => (same(old.reasons, reasons) && 'value' in old ? { value: old.value as T, isLoading: true, reasons } : { isLoading: true, reasons }));
    work(signal).then(
      (value) => !signal.aborted && setLoaded({ value, isLoading: false, reasons }),
      (error: unknown) => !signal.aborted && setLoaded((old) => ({ ...old, error, isLoading: false, reasons })),
    );
    return () => controller.abort();
  }, [...reasons, round]);
  const reload = useCallback(() => setRound((number) => number + 1), []);
  const replace = useCallback((change: (value: T) => T) => {
    setLoaded((old) => ('value' in old ? { ...old, value: change(old.value as T) } : old));
  }, []);
  return same(loaded.reasons, reasons) ? { ...loaded, reload, replace } : { isLoading: true, reload, replace };
}

function same(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, index) => Object.is(value, other[index]));
}
