// Which rows of a long list are drawn, and where the keyboard moves among them.

/** What of a list can be seen: pixels, and rows of one height. */
export interface Viewport {
  count: number;
  rowHeight: number;
  height: number;
  scrollTop: number;
}

/** Rows drawn above and below what can be seen, so that a turn of the wheel does not outrun the drawing. */
const SPARE = 4;

/** Where a list is scrolled to, in steps so large that most of the scrolling draws nothing anew. */
export function stepped(scrollTop: number, rowHeight: number): number {
  const step = SPARE * rowHeight;
  return Math.floor(Math.max(0, scrollTop) / step) * step;
}

/** The rows to draw, from the first to before the last. */
export function drawn({ count, rowHeight, height, scrollTop }: Viewport): { from: number; to: number } {
  const first = stepped(scrollTop, rowHeight) / rowHeight;
  const seen = Math.ceil(height / rowHeight) + 1;
  const to = Math.min(count, first + seen + 2 * SPARE);
  return { from: Math.max(0, Math.min(first - SPARE, to - seen)), to };
}

/** Where to scroll so that all of a row can be seen: not at all if it can. */
export function scrolledTo(index: number, { rowHeight, height, scrollTop }: Viewport): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + rowHeight - height);
}

/** The row that a key leads to; `undefined` for a key that does not move. */
export function moved(key: string, index: number, { count, rowHeight, height }: Viewport): number | undefined {
  const page = Math.max(1, Math.floor(height / rowHeight) - 1);
  const steps: Record<string, number | undefined> = {
    ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page, Home: -count, End: count,
  };
  const step = steps[key];
  if (step === undefined || count === 0) return undefined;
  return Math.min(count - 1, Math.max(0, index + step));
}
