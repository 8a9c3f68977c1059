import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, runProgram } from '../processes/program.ts';
import { root } from '../setup/workspace.mjs';
import type { Preparation } from './suite.ts';

/** Our Python programs, and the list of the clients they use. */
export const pythonFolder = join(root, 'tooling', 'conformance', 'python');
const requirements = join(pythonFolder, 'requirements.txt');

/** Where programs of the clients that are written in Python are: `python`, `aws`, `s3cmd`. */
export function pythonProgram(name: string): string {
  return join(environmentFolder(), 'bin', name);
}

/**
 * Installs the clients that are written in Python, in the versions of `requirements.txt`, into an environment of their
 * own, once; answers the version of `client`.
 */
export async function preparePython(client: string, signal: AbortSignal): Promise<Preparation> {
  const wanted = readFileSync(requirements, 'utf8');
  const version = new RegExp(`^${client}==(.*)$`, 'm').exec(wanted)?.[1];
  if (version === undefined) throw new Error(`${requirements} does not name ${client}`);
  const folder = environmentFolder();
  const done = join(folder, 'installed');
  if (existsSync(done)) return { version };
  if (findProgram('python3') === undefined) return { missing: 'python3 is not on PATH' };
  rmSync(folder, { recursive: true, force: true });
  const made = await runProgram('python3', ['-m', 'venv', folder], { seconds: 120, signal });
  if (made.code !== 0) return { missing: `python3 makes no virtual environment: ${made.output.trim()}` };
  const install = ['install', '--quiet', '--requirement', requirements];
  const installed = await runProgram(pythonProgram('pip'), install, { seconds: 300, signal });
  if (installed.code !== 0) return { missing: `the clients could not be installed: ${installed.output.trim()}` };
  writeFileSync(done, '');
  return { version };
}

function environmentFolder(): string {
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return join(root, 'node_modules', '.cache', `conformance-python-${digest}`);
}
