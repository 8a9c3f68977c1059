import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Folders of the packages and apps below `top`, as paths relative to it.
 * @param {string} top
 */
export function packageFolders(top) {
  return ['packages', 'apps']
    .filter((group) => existsSync(join(top, group)))
    .flatMap((group) => readdirSync(join(top, group)).map((name) => `${group}/${name}`))
    .filter((folder) => existsSync(join(top, folder, 'package.json')))
    .sort();
}

/**
 * What a package.json says.
 * @param {string} folder
 * @returns {Record<string, any>}
 */
export function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
