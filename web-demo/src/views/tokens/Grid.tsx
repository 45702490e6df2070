import type { PullTokenInfo } from 'pulltoken/web/core';
import type { RefObject } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { text } from '../../text';
import { absolute, relative } from '../../time';
import { Foreign } from '../base/Foreign';
import { lifeOf, secondsBetween } from './life';
import { ExpiredMark } from './ExpiredMark';
import { reordered, type Column, type Order } from './order';
import { drawn, moved, scrolledTo, stepped, type Viewport } from './viewport';

const COLUMNS = ['name', 'description', 'createdAt', 'expiresAt', 'roles'] as const satisfies Column[];

/** A row is one line, or three where the place is narrow. The style sheet has the same numbers. */
const ROW = { wide: 44, narrow: 88 } as const;
const NARROW = 720;
/** The space before and behind a row, as in the style sheet. */
const PADDING = 14;

interface Props {
  tokens: readonly PullTokenInfo[];
  order: Order;
  onOrder: (order: Order) => void;
  onOpen: (token: PullTokenInfo) => void;
  /** Asks to delete one. */
  onDelete: (token: PullTokenInfo) => void;
  now: Date;
  expiringDays: number;
  isBusy: boolean;
  /** The element that takes the focus when the row that had it is gone. */
  focusRef: RefObject<HTMLDivElement | null>;
}

/** The tokens as a grid of which only what can be seen is drawn. One row takes the focus; the arrow keys move it. */
export function Grid({ tokens, order, onOrder, onOpen, onDelete, now, expiringDays, isBusy, focusRef }: Props) {
  const id = useId();
  const [activeId, setActiveId] = useState<string>();
  const [scrollTop, setScrollTop] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const { height, isNarrow, bar } = useSize(scroller);
  const wantsFocus = useRef(false);

  const active = Math.max(0, tokens.findIndex(({ id }) => id === activeId));
  const viewport: Viewport = { count: tokens.length, rowHeight: isNarrow ? ROW.narrow : ROW.wide, height, scrollTop };
  const { from, to } = drawn(viewport);
  const indexes = Array.from({ length: to - from }, (_, offset) => from + offset);
  // The row with the focus stays in the page wherever the wheel goes: its focus would be lost with it.
  if (tokens.length > 0 && active < from) indexes.unshift(active);
  if (tokens.length > 0 && active >= to) indexes.push(active);

  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>('[role=row][tabindex="0"]')?.focus({ preventScroll: true });
  });

  const activate = (index: number) => {
    const token = tokens[index];
    const element = scroller.current;
    if (token === undefined || element === null) return;
    setActiveId(token.id);
    wantsFocus.current = true;
    // Where the browser has it now, which may be ahead of what was drawn.
    const next = scrolledTo(index, { ...viewport, scrollTop: element.scrollTop });
    if (next !== element.scrollTop) element.scrollTop = next;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const token = tokens[active];
    if (token === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = moved(event.key, active, viewport);
    if (next !== undefined) activate(next);
    else if (event.key === 'Enter' || event.key === ' ') onOpen(token);
    else if (event.key === 'Delete') onDelete(token);
    else return;
    event.preventDefault();
  };

  return (
    <div
      class={isNarrow ? 'view-grid view-narrow' : 'view-grid'}
      role="grid"
      aria-label={text('view_tokens')}
      aria-rowcount={tokens.length + 1}
      aria-colcount={COLUMNS.length}
      aria-busy={isBusy}
      aria-describedby={`${id}-keys`}
    >
      <p class="visually-hidden" id={`${id}-keys`}>{text('view_grid_keys')}</p>
      <div role="rowgroup">
        <div role="row" class="view-row view-head" aria-rowindex={1} style={{ paddingInlineEnd: `${PADDING + bar}px` }}>
          {COLUMNS.map((column) => <Head key={column} column={column} order={order} onOrder={onOrder} />)}
        </div>
      </div>
      <div
        role="rowgroup"
        class="view-scroller"
        ref={(element) => {
          scroller.current = element;
          focusRef.current = element?.querySelector<HTMLDivElement>('[role=row][tabindex="0"]') ?? null;
        }}
        // No higher than its rows; the style sheet says how high at most.
        style={{ maxBlockSize: `${Math.max(2, tokens.length) * viewport.rowHeight}px` }}
        onScroll={(event) => setScrollTop(stepped(event.currentTarget.scrollTop, viewport.rowHeight))}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" class="view-length" style={{ blockSize: `${tokens.length * viewport.rowHeight}px` }}>
          {indexes.map((index) => {
            const token = tokens[index];
            return token && (
              <Row
                key={token.id}
                token={token}
                index={index}
                top={index * viewport.rowHeight}
                isActive={index === active}
                now={now}
                expiringDays={expiringDays}
                onFocus={() => setActiveId(token.id)}
                onOpen={() => onOpen(token)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

const TITLES = {
  name: 'view_column_name',
  description: 'view_column_description',
  createdAt: 'view_column_created',
  expiresAt: 'view_column_expiration',
  roles: 'view_column_roles',
} as const;

function Head({ column, order, onOrder }: { column: Column; order: Order; onOrder: (order: Order) => void }) {
  const isChosen = order.by === column;
  return (
    <div role="columnheader" class={`view-${column}`} aria-sort={isChosen ? (order.isDescending ? 'descending' : 'ascending') : 'none'}>
      <button type="button" onClick={() => onOrder(reordered(order, column))}>
        <span>{text(TITLES[column])}</span>
        <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
          {isChosen && <path d={order.isDescending ? 'M1 3l4 4 4-4' : 'M1 7l4-4 4 4'} fill="none" stroke="currentColor" stroke-width="1.8" />}
        </svg>
      </button>
    </div>
  );
}

interface RowProps {
  token: PullTokenInfo;
  index: number;
  top: number;
  isActive: boolean;
  now: Date;
  expiringDays: number;
  /** However the focus came: the keys mean the row that has it. */
  onFocus: () => void;
  onOpen: () => void;
}

function Row({ token, index, top, isActive, now, expiringDays, onFocus, onOpen }: RowProps) {
  const life = lifeOf(token, now, expiringDays);
  return (
    <div
      role="row"
      class={`view-row view-${life}`}
      aria-rowindex={index + 2}
      tabIndex={isActive ? 0 : -1}
      style={{ insetBlockStart: `${top}px` }}
      onFocus={onFocus}
      onClick={onOpen}
    >
      <div role="gridcell" class="view-name">
        <Foreign text={token.name} />
        {life === 'expired' && <ExpiredMark />}
      </div>
      <div role="gridcell" class="view-description"><Foreign text={token.description} /></div>
      <div role="gridcell" class="view-createdAt"><Moment time={token.createdAt} now={now} /></div>
      <div role="gridcell" class="view-expiresAt"><Moment time={token.expiresAt} now={now} /></div>
      <div role="gridcell" class="view-roles"><Roles token={token} /></div>
    </div>
  );
}

/** A time as people say it, and to the minute for those who point at it. */
function Moment({ time, now }: { time: Date | null; now: Date }) {
  if (time === null) return <span class="hint">{text('view_never')}</span>;
  return <time dateTime={time.toISOString()} title={absolute(time)}>{relative(secondsBetween(now, time))}</time>;
}

function Roles({ token }: { token: PullTokenInfo }) {
  const names = [...new Set(token.roles.map(({ role }) => role))];
  return names.length === 0 ? <span class="hint">{text('view_no_roles')}</span> : <Foreign text={names.join(', ')} />;
}

interface Size {
  height: number;
  isNarrow: boolean;
  /** The width of the scroll bar, where it takes any. */
  bar: number;
}

/** How much of the list can be seen, and whether a row has room for one line alone. */
function useSize(ref: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ height: 600, isNarrow: false, bar: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const look = () => {
      const { clientHeight: height, clientWidth, offsetWidth } = element;
      const next = { height, isNarrow: clientWidth < NARROW, bar: offsetWidth - clientWidth };
      setSize((old) => (old.height === next.height && old.isNarrow === next.isNarrow && old.bar === next.bar ? old : next));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return size;
}
