// The package managers: how each is called, and which settings of its own lead it through a proxy.
import { basename, dirname, join } from 'node:path';
import { program, type ProgramName } from '../../formats/support/programs';

export type Family = 'npm' | 'pnpm' | 'yarn classic' | 'yarn' | 'bun';

export interface Client {
  readonly name: ClientName;
  readonly family: Family;
  /** What a user types. */
  readonly command: 'npm' | 'pnpm' | 'yarn' | 'bun';
  readonly install: readonly string[];
  /** From the lockfile alone. */
  readonly frozen: readonly string[];
  readonly lockfile: string;
  /** Variables that keep it quiet and within its home. */
  readonly quiet: Record<string, string>;
  /** Its own variables for a proxy and for the authorities that it believes. */
  readonly through: (proxy: string, authorities: string) => Record<string, string>;
  /** Variables without which it takes no tarball from another path than the registry's. */
  readonly elsewhere: Record<string, string>;
}

type Rest = Omit<Client, 'name'>;

const npm: Rest = {
  family: 'npm',
  command: 'npm',
  install: ['install', '--no-fund'],
  frozen: ['ci', '--no-fund'],
  lockfile: 'package-lock.json',
  quiet: { npm_config_update_notifier: 'false' },
  through: (proxy, authorities) => ({ npm_config_https_proxy: proxy, npm_config_cafile: authorities }),
  elsewhere: {},
};
const npm12: Rest = {
  ...npm,
  elsewhere: { npm_config_allow_remote: 'all' },
};
const pnpm: Rest = {
  ...npm,
  family: 'pnpm',
  command: 'pnpm',
  install: ['install', '--reporter=append-only', '--no-frozen-lockfile'],
  frozen: ['install', '--reporter=append-only', '--frozen-lockfile'],
  lockfile: 'pnpm-lock.yaml',
};
const pnpm11: Rest = {
  ...pnpm,
  through: (proxy, authorities) => ({ pnpm_config_https_proxy: proxy, pnpm_config_cafile: authorities }),
};
const pnpm12: Rest = {
  ...pnpm11,
  through: (proxy, authorities) => ({ pnpm_config_https_proxy: proxy, SSL_CERT_FILE: authorities }),
};
const yarn1: Rest = {
  ...npm,
  family: 'yarn classic',
  command: 'yarn',
  install: ['install', '--no-progress', '--non-interactive'],
  frozen: ['install', '--no-progress', '--non-interactive', '--frozen-lockfile'],
  lockfile: 'yarn.lock',
};
const yarn4: Rest = {
  family: 'yarn',
  command: 'yarn',
  install: ['install', '--no-immutable'],
  frozen: ['install', '--immutable'],
  lockfile: 'yarn.lock',
  quiet: { YARN_ENABLE_TELEMETRY: '0' },
  through: (proxy, authorities) => ({ YARN_HTTPS_PROXY: proxy, YARN_HTTPS_CA_FILE_PATH: authorities }),
  elsewhere: {},
};
const yarn3: Rest = {
  ...yarn4,
  through: (proxy, authorities) => ({ YARN_HTTPS_PROXY: proxy, NODE_EXTRA_CA_CERTS: authorities }),
};
const bun: Rest = {
  family: 'bun',
  command: 'bun',
  install: ['install', '--no-progress'],
  frozen: ['install', '--no-progress', '--frozen-lockfile'],
  lockfile: 'bun.lock',
  quiet: { DO_NOT_TRACK: '1' },
  through: (proxy, authorities) => ({ HTTPS_PROXY: proxy, NODE_EXTRA_CA_CERTS: authorities }),
  elsewhere: {},
};

const ALL = {
  'npm 10': npm,
  'npm 11': npm,
  'npm 12': npm12,
  'pnpm 9': pnpm,
  'pnpm 10': pnpm,
  'pnpm 11': pnpm11,
  'pnpm 12': pnpm12,
  'yarn 1': yarn1,
  'yarn 3': yarn3,
  'yarn 4': yarn4,
  'bun 1.2': bun,
  bun,
} satisfies Partial<Record<ProgramName, Rest>>;

export type ClientName = keyof typeof ALL;

export const CLIENTS: readonly Client[] = Object.entries(ALL).map(([name, rest]) => ({ ...rest, name: name as ClientName }));

export function client(name: ClientName): Client {
  return { ...ALL[name], name };
}

/** The files that a user's folder of programs would hold for it: by name, what each leads to. */
export function installed({ name, family, command }: Client): Record<string, string> {
  const call = program(name);
  const entry = call.at(-1) ?? call[0];
  const beside = (file: string) => join(dirname(entry), file);
  const programs: Record<string, string> = { [command]: entry, node: call.length > 1 ? call[0] : process.execPath };
  if (family === 'npm') programs['npx'] = beside('npx-cli.js');
  if (family === 'pnpm') programs['pnpx'] = beside(basename(entry).replace('pnpm', 'pnpx'));
  if (family === 'yarn' || family === 'yarn classic') programs['yarnpkg'] = entry;
  if (family === 'bun') programs['bunx'] = entry;
  return programs;
}
