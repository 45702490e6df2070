// The program `pulltoken`: found where no project can put another one.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, sep } from 'node:path';

import { usage } from './error.js';

const NAME = process.platform === 'win32' ? 'pulltoken.exe' : 'pulltoken';

/**
 * The program: `PULLTOKEN_BIN`, else one in the folders given, else the first on PATH; `undefined` where there is none.
 *
 * @throws {PullTokenError} `usage` for a `PULLTOKEN_BIN` that names no program by its absolute path
 */
export function findProgram(variables: NodeJS.ProcessEnv, folders: readonly string[] = []): string | undefined {
  const named = variables['PULLTOKEN_BIN'];
  if (named) {
    if (isAbsolute(named) && isProgram(named)) return named;
    throw usage('PULLTOKEN_BIN is not the absolute path of a program', 'name the program `pulltoken` by its whole path');
  }
  const onPath = (variables['PATH'] ?? '').split(delimiter).filter((folder) => isTrusted(folder, variables));
  return [...folders, ...onPath].map((folder) => join(folder, NAME)).find(isProgram);
}

/** Whether neither a project nor everybody decides what is in a folder. */
function isTrusted(folder: string, variables: NodeJS.ProcessEnv): boolean {
  if (!isAbsolute(folder)) return false;
  const parts = folder.split(sep);
  // Yarn puts the programs of a project's dependencies into folders of this name.
  if (folder === variables['BERRY_BIN_FOLDER'] || parts.some((part) => part.startsWith('xfs-'))) return false;
  if (parts.includes('node_modules')) return false;
  const stats = statSync(folder, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && (process.platform === 'win32' || (stats.mode & 0o002) === 0);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
