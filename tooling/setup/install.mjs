import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode, pinnedVersion } from './pinned-node.mjs';
import { run, signalCode } from './run.mjs';
import { manifestOf, packageFolders, root } from './workspace.mjs';

/** A setup step that could not be done; the message is one line for whoever typed the command. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {number} [exitCode]
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.name = 'SetupError';
    this.exitCode = exitCode;
  }
}

/** Installs all packages, unless node_modules already holds what the lockfile and the package.json files ask for. */
export async function ensureInstalled() {
  requireOldestNode(process.versions.node);
  const stamp = stampOf(root);
  if (isInstalled(root, stamp)) return;
  console.error('nacre: installing packages …');
  await quietly('the install', 'npx', ['--yes', manifestOf(root).packageManager, 'install', '--frozen-lockfile'], {
    // Development tools are wanted whatever the environment says, and nobody is there to answer a question.
    env: { ...process.env, NODE_ENV: 'development', CI: 'true' },
    shell: process.platform === 'win32',
  });
  const node = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' });
  if (node.stdout?.trim() !== `v${pinnedVersion}`) {
    throw new SetupError(`Node ${pinnedVersion} did not arrive in node_modules; remove node_modules and try again.`);
  }
  writeFileSync(stampFile(root), stamp);
}

/** Compiles what changed: the server, the command line and the packages they stand on. */
export async function build() {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await quietly('the build', pinnedNode, [compiler, '-b', 'tsconfig.src.json']);
}

/**
 * Runs a program and shows what it printed only when it fails.
 * @param {string} what how the error names it
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, shell?: boolean }} [options]
 */
async function quietly(what, program, args, options) {
  /** @type {Buffer[]} */
  const printed = [];
  const { code, asked } = await run(program, args, {
    ...options,
    cwd: root,
    onOutput: (text) => printed.push(text),
  }).catch((error) => {
    throw new SetupError(`${program} could not be started (${error.code}); it comes with Node and npm.`);
  });
  if (asked !== undefined) throw new SetupError(`${what} was stopped by ${asked}.`, signalCode(asked));
  if (code === 0) return;
  const output = Buffer.concat(printed).toString();
  console.error(output.trimEnd());
  throw new SetupError(failureOf(what, output), code);
}

/**
 * One line on why a step failed.
 * @param {string} what
 * @param {string} output
 */
export function failureOf(what, output) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|error sending request/i.test(output)) {
    return `${what} failed: the package registry could not be reached. The network is needed until the packages are here.`;
  }
  if (/ENOSPC/.test(output)) return `${what} failed: the disk is full.`;
  if (/EACCES|EPERM/.test(output)) return `${what} failed: no permission to write here.`;
  return `${what} failed; its output is above.`;
}

/**
 * Throws when `version` is older than what the root package.json asks for.
 * @param {string} version
 */
export function requireOldestNode(version) {
  const oldest = manifestOf(root).engines.node.replace('>=', '');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new SetupError(`Node ${oldest} or newer is needed, this is ${version}.`);
}

/**
 * A digest of everything that decides what an install puts into node_modules.
 * @param {string} top the repository's folder
 */
export function stampOf(top) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  const manifests = packageFolders(top).map((folder) => `${folder}/package.json`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests]) {
    const content = readFileSync(join(top, file));
    hash.update(`${file} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

/**
 * Whether the last install that ended well was made for `stamp`, and what it made is still there.
 * @param {string} top
 * @param {string} stamp
 */
export function isInstalled(top, stamp) {
  if (!existsSync(stampFile(top)) || readFileSync(stampFile(top), 'utf8') !== stamp) return false;
  return packageFolders(top).every((folder) => existsSync(join(top, folder, 'node_modules')));
}

/** @param {string} top */
function stampFile(top) {
  return join(top, 'node_modules', '.nacre-install');
}
