import { render } from 'preact';
import { App, type Surface } from './ui/App';
import { text } from './text';

/** Puts the application into the page that this is. */
export function start(surface: Surface): void {
  document.documentElement.lang = text('locale');
  document.documentElement.dir = text('direction');
  document.title = text('extensionName');
  const root = document.getElementById('app');
  if (root) render(<App surface={surface} />, root);
}
