import { join } from 'node:path';
import { findProgram, runProgram } from '../../processes/program.ts';
import { root } from '../../setup/workspace.mjs';
import { readGoEvents } from '../go-events.ts';
import { type Bench, clientEnvironment, type Outcome, type Preparation, type Suite } from '../suite.ts';

const sdk = 'github.com/SpectraLogic/ds3_go_sdk';
const minio = 'github.com/minio/minio-go/v7';

/** The Go SDK's own integration tests, as its module has them. */
export const goSdk: Suite = {
  name: 'go-sdk',
  about: "Spectra's SDK for Go: its own integration tests",
  prepare: (signal) => prepareGo('go', sdk, signal),
  run: (bench) => testGo(bench, 'go', [`${sdk}/ds3_integration`, `${sdk}/helpers_integration`]),
};

/** Tests of ours that use the Go SDK and its helpers. */
export const go: Suite = {
  name: 'go',
  about: "Spectra's SDK for Go: jobs and their ends, checksums, versions, policies, rights, listings, notifications",
  settings: { NACRE_MIN_UPLOAD_SIZE: '1', NACRE_NOTIFICATION_NETWORKS: '127.0.0.0/8' },
  prepare: (signal) => prepareGo('go', sdk, signal),
  run: (bench) => testGo(bench, 'go', ['-skip=^TestSmallCache', '.']),
};

/** Jobs of more than the cache holds. */
export const goSmallCache: Suite = {
  name: 'go-small-cache',
  about: "Spectra's SDK for Go and its helpers: jobs larger than the cache, written, staged and read in order",
  settings: { NACRE_MIN_UPLOAD_SIZE: '1', NACRE_CHUNK_SIZE: '2MiB', NACRE_CACHE_SIZE: '16MiB' },
  prepare: (signal) => prepareGo('go', sdk, signal),
  run: (bench) => testGo(bench, 'go', ['-run=^TestSmallCache', '.']),
};

/** MinIO's client for Go, as in `mc` and many programs: it signs bodies piece by piece. */
export const minioGo: Suite = {
  name: 'minio-go',
  about:
    'MinIO for Go, signatures 2 and 4, bodies signed in pieces, with and without a trailer: objects, parts, listings',
  prepare: (signal) => prepareGo('minio-go', minio, signal),
  run: (bench) => testGo(bench, 'minio-go', ['.']),
};

/** Fetches what one of our Go modules needs; the version is that of the client it is about. */
async function prepareGo(name: string, client: string, signal: AbortSignal): Promise<Preparation> {
  if (findProgram('go') === undefined) return { missing: 'go is not on PATH' };
  const cwd = folderOf(name);
  const download = await runProgram('go', ['mod', 'download'], { cwd, seconds: 300, signal });
  if (download.code !== 0) return { missing: `the modules could not be downloaded: ${download.output.trim()}` };
  const { stdout } = await runProgram('go', ['list', '-m', '-f', '{{.Version}}', client], { cwd, seconds: 60, signal });
  return { version: stdout.trim().replace('+incompatible', '') };
}

/** Packages run one after the other: each sets up a bucket, a data policy and more, and counts what is there. */
async function testGo(bench: Bench, name: string, which: readonly string[]): Promise<Outcome[]> {
  const args = ['test', '-json', '-count=1', '-p=1', '-timeout=15m', ...which];
  const { code, output, stdout } = await runProgram('go', args, {
    cwd: folderOf(name),
    env: { ...clientEnvironment(bench), GOFLAGS: '-mod=readonly' },
    seconds: 1200,
    signal: bench.signal,
  });
  const outcomes = readGoEvents(stdout);
  if (code === 0 || outcomes.some(({ result }) => result === 'failed')) return outcomes;
  return [...outcomes, { test: 'go test', result: 'failed', detail: output.slice(-4000) }];
}

function folderOf(name: string): string {
  return join(root, 'tooling', 'conformance', name);
}
