import { render, type ComponentChild } from 'preact';
import { text, type MessageKey } from './text';

/** Puts what it is into the page that this is. */
export function start(title: MessageKey, content: ComponentChild): void {
  document.documentElement.lang = text('locale');
  document.documentElement.dir = text('direction');
  document.title = text(title);
  const root = document.getElementById('app');
  if (root) render(content, root);
}
