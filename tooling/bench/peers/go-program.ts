import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findProgram, runProgram } from '../../processes/program.ts';
import type { Bench } from '../measure.ts';
import type { Preparation } from './peer.ts';

const buildSeconds = 3600;

/**
 * Builds a program of a Go module into the cache folder, unless it is there; the first time takes minutes.
 * @param path of the package: `github.com/minio/minio`
 */
export async function goProgram(bench: Bench, path: string, version: string): Promise<Preparation> {
  const bin = join(bench.cacheFolder, 'go', version);
  const program = join(bin, basename(path));
  const shown = version.replace(/^v0\.0\.0-(\d{4})(\d\d)(\d\d)\d{6}-[0-9a-f]+$/, '$1-$2-$3');
  if (existsSync(program)) return { program, version: shown };
  if (!bench.mayInstall) return { missing: 'it is not built yet, and this run installs nothing' };
  if (findProgram('go') === undefined) return { missing: 'go is not on PATH' };
  bench.say(`building ${path}@${version}, once`);
  const { code, output } = await runProgram('go', ['install', `${path}@${version}`], {
    cwd: bench.folder,
    env: { ...process.env, GOBIN: bin, CGO_ENABLED: '0', GOTOOLCHAIN: 'local' },
    seconds: buildSeconds,
    signal: bench.signal,
  });
  bench.signal.throwIfAborted();
  return code === 0 ? { program, version: shown } : { missing: `it does not build: ${output.trim().slice(-300)}` };
}
