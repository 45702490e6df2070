// The formats that a token can be copied in, and the file that each belongs in.
import { render, type Credentials, type Format, PullTokenError } from 'pulltoken/web/core';
import type { MessageKey } from '../../text';

/** Every format: where it belongs. The type sees to it that none is forgotten. */
const HOMES: Record<Format, MessageKey> = {
  npmrc: 'view_home_npmrc',
  'npmrc-env': 'view_home_npmrc_env',
  pnpm: 'view_home_pnpm',
  yarnrc: 'view_home_yarnrc',
  'yarnrc-env': 'view_home_yarnrc_env',
  bunfig: 'view_home_bunfig',
  'bunfig-env': 'view_home_bunfig_env',
  pip: 'view_home_pip',
  'pip-url': 'view_home_pip_url',
  uv: 'view_home_uv',
  'uv-env': 'view_home_uv_env',
  poetry: 'view_home_poetry',
  maven: 'view_home_maven',
  'maven-env': 'view_home_maven_env',
  gradle: 'view_home_gradle',
  'gradle-init': 'view_home_gradle_init',
  sbt: 'view_home_sbt',
  env: 'view_home_env',
  netrc: 'view_home_netrc',
  dotenv: 'view_home_dotenv',
  fish: 'view_home_fish',
  powershell: 'view_home_powershell',
  cmd: 'view_home_cmd',
  nushell: 'view_home_nushell',
  github: 'view_home_github',
  gitlab: 'view_home_gitlab',
  bazel: 'view_home_bazel',
  curl: 'view_home_curl',
  dependabot: 'view_home_dependabot',
  renovate: 'view_home_renovate',
  json: 'view_home_json',
};

/** All formats, those of a package manager first. */
export const FORMATS = Object.keys(HOMES) as Format[];

/** The message that says where a format belongs. */
export function homeOf(format: Format): MessageKey {
  return HOMES[format];
}

/** The formats that an ecosystem's credentials can be written in: the core refuses the others. */
export function formatsFor(ecosystem: string): Format[] {
  return FORMATS.filter((format) => written({ username: 'u', password: 'p' }, format, { ecosystem }) !== undefined);
}

/** Credentials in a format; `undefined` where the format is not for that ecosystem. */
export function written(credentials: Credentials, format: Format, options: { ecosystem: string; registry?: string }): string | undefined {
  try {
    return render(credentials, format, options);
  } catch (error) {
    if (error instanceof PullTokenError && error.code === 'usage') return undefined;
    throw error;
  }
}
