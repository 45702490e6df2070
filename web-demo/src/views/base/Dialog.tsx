import type { ComponentChildren, RefObject } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { text } from '../../text';

interface Props {
  title: ComponentChildren;
  /** Asked for by the Escape key and the cross. Whoever opened it decides whether it goes. */
  onClose: () => void;
  /** What gets the focus when the element that had it cannot have it any more. */
  fallback?: RefObject<HTMLElement | null> | undefined;
  /** Changes with what it shows: then the focus starts over, at what asks for it or else at the heading. */
  step?: string;
  children: ComponentChildren;
}

/** A modal dialog: the rest of the page rests, and the focus returns to where it came from. */
export function Dialog({ title, onClose, fallback, step, children }: Props) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const firstStep = useRef(step);

  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      // By then what it was opened from may be gone, or have nothing more to do.
      queueMicrotask(() => {
        if (before instanceof HTMLElement && before.isConnected) before.focus();
        if (document.activeElement === document.body) fallback?.current?.focus();
      });
    };
  }, []);
  useLayoutEffect(() => {
    if (step !== firstStep.current) (dialog.current?.querySelector<HTMLElement>('[autofocus]') ?? heading.current)?.focus();
    firstStep.current = step;
  }, [step]);

  const cancel = (event: Event) => {
    event.preventDefault();
    onClose();
  };
  return (
    <dialog ref={dialog} class="view-dialog" aria-labelledby={id} onCancel={cancel}>
      <header>
        <h2 id={id} ref={heading} tabIndex={-1}>{title}</h2>
        <button type="button" class="view-plain" aria-label={text('view_close')} onClick={onClose}>
          <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d="M3.5 3.5l9 9m0-9l-9 9" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" />
          </svg>
        </button>
      </header>
      {children}
    </dialog>
  );
}
