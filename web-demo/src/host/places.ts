// The settings that hold until somebody says otherwise.
import type { Settings } from './host';

export const DEFAULTS: Settings = {
  api: 'https://console-api.enforce.dev',
  issuer: 'https://issuer.enforce.dev',
  registry: 'https://libraries.cgr.dev',
  console: 'https://console.chainguard.dev',
  expiringDays: 14,
  notify: true,
};
