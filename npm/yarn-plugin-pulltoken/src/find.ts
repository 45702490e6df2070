// Where a credential comes from: the program `pulltoken`, else the environment.
import type { Credential } from './credential.ts';
import { inspect } from './core.ts';
import { findProgram } from '../../pulltoken/src/program.ts';
import { ask } from './program.ts';

const IDENTITY = 'CHAINGUARD_JAVASCRIPT_IDENTITY_ID';
const TOKEN = 'CHAINGUARD_JAVASCRIPT_TOKEN';

/**
 * A credential that is good now. The program knows the environment, too, and more: where it has none, there is none.
 *
 * @throws {Error} which says what is missing; never a secret
 */
export async function find(): Promise<Credential> {
  const path = findProgram(process.env);
  return path === undefined ? fromEnvironment() : ask(path);
}

/** The pair in the environment, held to what the core says of it. */
export function fromEnvironment(variables: NodeJS.ProcessEnv = process.env): Credential {
  const [username, password] = [variables[IDENTITY], variables[TOKEN]];
  if (!username || !password) {
    throw new Error(`there is no program \`pulltoken\` on PATH, and ${IDENTITY} and ${TOKEN} are not both set`);
  }
  const report = inspect(username, password);
  if (report.state !== 'valid' && report.state !== 'expiring') {
    const why = report.problems[0]?.message ?? `it is ${report.state}`;
    throw new Error(`${TOKEN} cannot be used: ${why}`);
  }
  return { username, password, expiresAt: report.expiresAt, from: TOKEN };
}
