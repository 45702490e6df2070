// Which program each format is tried with here, or why with none. The page on formats tells the same.
import type { Format } from 'pulltoken';
import type { ProgramName } from './support/programs';

export type Proof =
  /** These read it and the values came back, or arrived at a registry. */
  | { readonly programs: readonly ProgramName[] }
  /** It was not read by the program that it is for; what holds it instead. */
  | { readonly notRun: string; readonly instead: string; readonly programs?: readonly ProgramName[] };

export const PROVEN = {
  env: { programs: ['sh', 'dash', 'bash', 'zsh'] },
  dotenv: { programs: ['dotenv', 'node', 'python-dotenv', 'bun'] },
  fish: { programs: ['fish'] },
  powershell: { notRun: 'PowerShell is in none of the package registries', instead: 'its documented quoting' },
  cmd: { notRun: 'it is part of Windows', instead: 'its documented syntax' },
  nushell: { programs: ['nushell'] },
  github: { notRun: "GitHub's runner is in none of the package registries", instead: 'its documented syntax' },
  gitlab: { notRun: 'GitLab itself is a service', instead: 'a job of gitlab-ci-local', programs: ['gitlab-ci-local'] },
  json: { programs: ['node'] },
  netrc: { programs: ['curl', 'python', 'pip', 'uv'] },
  npmrc: { programs: ['npm 10', 'npm', 'npm 12', 'pnpm 10', 'pnpm 12', 'yarn 1', 'bun'] },
  'npmrc-env': { programs: ['npm 10', 'npm', 'npm 12', 'pnpm 10', 'pnpm 12', 'yarn 1', 'bun'] },
  pnpm: { programs: ['pnpm 10', 'pnpm 12'] },
  yarnrc: { programs: ['yarn 3', 'yarn 4'] },
  'yarnrc-env': { programs: ['yarn 3', 'yarn 4'] },
  bunfig: { programs: ['bun'] },
  'bunfig-env': { programs: ['bun'] },
  pip: { programs: ['pip'] },
  'pip-url': { programs: ['pip', 'uv'] },
  uv: { programs: ['uv'] },
  'uv-env': { programs: ['uv'] },
  poetry: { programs: ['poetry'] },
  maven: { programs: ['maven'] },
  'maven-env': { programs: ['maven'] },
  gradle: { programs: ['gradle', 'java'] },
  'gradle-init': {
    notRun: "the script needs Gradle 6.8, and the package registries have no newer one than Debian's 4.4",
    instead: "Groovy, with Gradle's objects as they are documented",
    programs: ['groovy'],
  },
  sbt: { programs: ['sbt', 'java'] },
  bazel: {
    notRun: 'credential helpers need Bazel 6, and the package registries have no newer one than 4.2',
    instead: 'its documented syntax',
  },
  curl: { programs: ['curl'] },
  dependabot: {
    notRun: 'Dependabot is a service',
    instead: "its documented kinds of registry, read by Python's YAML",
    programs: ['python'],
  },
  renovate: { programs: ['renovate'] },
} as const satisfies Record<Format, Proof>;
