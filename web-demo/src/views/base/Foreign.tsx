import { printable } from './foreign';

/** A text from the server: as text, apart from what stands around it, and clipped where the place is too small. */
export function Foreign({ text }: { text: string }) {
  const shown = printable(text);
  return <bdi class="view-foreign" title={shown}>{shown}</bdi>;
}
