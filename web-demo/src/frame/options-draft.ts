// What stands in the form of the settings, and what is wrong with it.
import type { Settings } from '../host/host';
import { days, issuerUrl, origin } from '../host/places';
import type { MessageKey } from '../text';

export interface Draft {
  api: string;
  issuer: string;
  registry: string;
  console: string;
  expiringDays: string;
  notify: boolean;
  provider: string;
  clientId: string;
}

/** For each field that is wrong, what to say. */
export type Wrong = { [F in Exclude<keyof Draft, 'notify'>]?: MessageKey };

export function draftOf({ api, issuer, registry, console, expiringDays, notify, device }: Settings): Draft {
  return {
    api, issuer, registry, console, notify,
    expiringDays: String(expiringDays),
    provider: device?.provider ?? '',
    clientId: device?.clientId ?? '',
  };
}

/** The settings, or what keeps the form from being some. */
export function read(draft: Draft): { settings: Settings } | { wrong: Wrong } {
  const wrong: Wrong = {};
  const place = (name: 'api' | 'issuer' | 'registry' | 'console'): string => {
    const found = origin(draft[name]);
    if (found === undefined) wrong[name] = 'optionsWrongPlace';
    return found ?? '';
  };
  const places = { api: place('api'), issuer: place('issuer'), registry: place('registry'), console: place('console') };
  const expiringDays = days(draft.expiringDays.trim() === '' ? undefined : Number(draft.expiringDays));
  if (expiringDays === undefined) wrong.expiringDays = 'optionsWrongDays';
  const device = deviceOf(draft, wrong);
  if (Object.keys(wrong).length > 0 || expiringDays === undefined) return { wrong };
  return { settings: { ...places, expiringDays, notify: draft.notify, ...(device ? { device } : {}) } };
}

function deviceOf(draft: Draft, wrong: Wrong): Settings['device'] {
  const clientId = draft.clientId.trim();
  if (draft.provider.trim() === '' && clientId === '') return undefined;
  const provider = issuerUrl(draft.provider);
  if (provider === undefined) wrong.provider = 'optionsWrongPlace';
  if (clientId === '') wrong.clientId = 'optionsWrongClient';
  return provider === undefined ? undefined : { provider, clientId };
}
