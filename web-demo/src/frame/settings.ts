import { useEffect, useState } from 'preact/hooks';
import type { Host, Settings } from '../host/host';

/** The settings, as soon as they are read. */
export function useSettings(host: Host): Settings | undefined {
  const [settings, setSettings] = useState<Settings>();
  useEffect(() => {
    host.settings().then(setSettings, () => {});
  }, [host]);
  return settings;
}
