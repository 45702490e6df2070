// Times as people say them, in the language of the messages and the time zone of the machine.
import { text } from './text';

/** A unit, its seconds, and the number of them from which on it is used. */
const UNITS = [
  ['year', 365 * 86_400, 2],
  ['month', 30 * 86_400, 6],
  ['day', 86_400, 2],
  ['hour', 3_600, 2],
  ['minute', 60, 2],
] as const;

/** `in 29 days`, `4 days ago`; rounded towards now, so that nothing seems to last longer than it does. */
export function relative(secondsLeft: number): string {
  const [unit, seconds] = UNITS.find(([, length, from]) => Math.abs(secondsLeft) >= from * length) ?? ['second', 1];
  return formats().relative.format(Math.trunc(secondsLeft / seconds), unit);
}

/** `24 December 2026 at 11:00 CET`. */
export function absolute(time: Date): string {
  return formats().absolute.format(time);
}

interface Formats {
  locale: string;
  relative: Intl.RelativeTimeFormat;
  absolute: Intl.DateTimeFormat;
}

let made: Formats | undefined;

/** Made once: that takes longer than to write a hundred times with them, and a list writes four in every row. */
function formats(): Formats {
  const locale = text('locale');
  if (made?.locale !== locale) {
    made = {
      locale,
      relative: new Intl.RelativeTimeFormat(locale, { numeric: 'always' }),
      absolute: new Intl.DateTimeFormat(locale, {
        day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short',
      }),
    };
  }
  return made;
}
