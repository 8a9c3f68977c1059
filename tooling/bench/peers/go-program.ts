import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findProgram, runProgram } from '../../processes/program.ts';
import type { Bench } from '../measure.ts';
import type { Preparation } from './peer.ts';

const buildSeconds = 3600;

/**
 * Builds a program of a Go module into the cache folder, unless it is there; the first time takes minutes. It is built
 * in the module's own folder: `go install` refuses modules that replace what they need.
 * @param module `github.com/minio/minio`
 * @param path of the program's package in it: `.`, `./cmd/tool`
 */
export async function goProgram(bench: Bench, module: string, path: string, version: string): Promise<Preparation> {
  const program = join(bench.cacheFolder, 'go', version, basename(path === '.' ? module : path));
  const shown = version.replace(/^v0\.0\.0-(\d{4})(\d\d)(\d\d)\d{6}-[0-9a-f]+$/, '$1-$2-$3');
  if (existsSync(program)) return { program, version: shown };
  if (!bench.mayInstall) return { missing: 'it is not built yet, and this run installs nothing' };
  if (findProgram('go') === undefined) return { missing: 'go is not on PATH' };
  bench.say(`building ${module}@${version}, once`);
  const go = (cwd: string, ...args: readonly string[]) =>
    runProgram('go', args, {
      cwd,
      env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-buildvcs=false' },
      seconds: buildSeconds,
      signal: bench.signal,
    });
  const download = await go(bench.folder, 'mod', 'download', '-json', `${module}@${version}`);
  bench.signal.throwIfAborted();
  if (download.code !== 0) return { missing: `it cannot be downloaded: ${download.output.trim().slice(-300)}` };
  const { Dir: folder } = JSON.parse(download.stdout) as { Dir: string };
  const { code, output } = await go(folder, 'build', '-o', program, path);
  bench.signal.throwIfAborted();
  return code === 0 ? { program, version: shown } : { missing: `it does not build: ${output.trim().slice(-300)}` };
}
