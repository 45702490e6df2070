import { text } from '../../text';

/** The red mark beside the name of a token whose time is over. */
export function ExpiredMark() {
  return <strong class="view-mark">{text('view_expired')}</strong>;
}
