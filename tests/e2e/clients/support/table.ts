// What the page on package managers says of a run.
import type { Cell, Leak } from './cell';
import { CLIENTS, type Client } from './clients';
import { METHODS, type MethodName } from './methods';

export type Results = ReadonlyMap<string, Cell>;

export const key = (client: Client, method: MethodName) => `${client.name}, ${method}`;

const LEAKS: Record<Leak, string> = {
  files: 'files',
  output: 'output',
  scripts: 'environment of scripts',
  store: 'the store it is redirected to',
};

/** One table for each method, a line for each client; `versions` as the clients themselves tell them. */
export function tables(results: Results, versions: ReadonlyMap<string, string>): string {
  return (Object.keys(METHODS) as MethodName[])
    .map((method) => {
      const rows = CLIENTS.flatMap((client) => {
        const cell = results.get(key(client, method));
        const same = results.get(key(client, 'literal'))?.lockfile;
        return cell === undefined ? [] : [row(client, versions.get(client.name) ?? '', cell, same)];
      });
      const head = '| client | installs | every request authenticated | lockfile | redirect to another port | the credential turned up in |';
      return [`### ${METHODS[method].title}`, '', head, `|${' --- |'.repeat(6)}`, ...rows].join('\n');
    })
    .join('\n\n');
}

function row(client: Client, version: string, cell: Cell, literal: string | undefined): string {
  const { family } = client;
  const name = `${family === 'yarn classic' ? 'yarn' : family} ${version}`;
  if (cell.refused !== undefined) return `| ${name} | refused: ${cell.refused} | | | | |`;
  const yes = (so: boolean) => (so ? 'yes' : '**no**');
  const lockfile = cell.lockfile === '' ? 'none' : cell.lockfile === literal ? 'the same' : '**another**';
  const leaks = cell.leaks.map((leak) => LEAKS[leak]).join(', ') || 'nothing';
  return `| ${name} | ${yes(cell.works)} | ${yes(cell.authenticated)} | ${lockfile} | ${cell.nextDoor ? 'followed' : 'fails'} | ${leaks} |`;
}
