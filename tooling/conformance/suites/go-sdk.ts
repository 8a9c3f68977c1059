import { join } from 'node:path';
import { root } from '../../setup/workspace.mjs';
import { readGoEvents } from '../go-events.ts';
import { findProgram, runProgram } from '../program.ts';
import { type Bench, clientEnvironment, type Outcome, type Preparation, type Suite } from '../suite.ts';

const module = 'github.com/SpectraLogic/ds3_go_sdk';
const moduleFolder = join(root, 'tooling', 'conformance', 'go');

/** The Go SDK's own integration tests, as its module has them. */
export const goSdk: Suite = {
  name: 'go-sdk',
  about: "Spectra's SDK for Go: its own integration tests",
  prepare: prepareGo,
  run: (bench) => testGo(bench, [`${module}/ds3_integration`, `${module}/helpers_integration`]),
};

/** Tests of ours that use the Go SDK and its helpers. */
export const go: Suite = {
  name: 'go',
  about: "Spectra's SDK for Go: jobs and their ends, checksums, versions, policies, rights, listings, notifications",
  settings: { NACRE_MIN_UPLOAD_SIZE: '1' },
  prepare: prepareGo,
  run: (bench) => testGo(bench, ['.']),
};

async function prepareGo(signal: AbortSignal): Promise<Preparation> {
  if (findProgram('go') === undefined) return { missing: 'go is not on PATH' };
  const download = await runProgram('go', ['mod', 'download'], { cwd: moduleFolder, seconds: 300, signal });
  if (download.code !== 0)
    return { missing: `the module ${module} could not be downloaded: ${download.output.trim()}` };
  const asked = ['list', '-m', '-f', '{{.Version}}', module];
  const { stdout } = await runProgram('go', asked, { cwd: moduleFolder, seconds: 60, signal });
  return { version: stdout.trim().replace('+incompatible', '') };
}

/** Packages run one after the other: each sets up a bucket, a data policy and more, and counts what is there. */
async function testGo(bench: Bench, packages: readonly string[]): Promise<Outcome[]> {
  const args = ['test', '-json', '-count=1', '-p=1', '-timeout=15m', ...packages];
  const { code, output, stdout } = await runProgram('go', args, {
    cwd: moduleFolder,
    // Test binaries are built where the build cache is, and write where the bench is.
    env: { ...clientEnvironment(bench), GOFLAGS: '-mod=readonly' },
    seconds: 1200,
    signal: bench.signal,
  });
  const outcomes = readGoEvents(stdout);
  if (code === 0 || outcomes.some(({ result }) => result === 'failed')) return outcomes;
  return [...outcomes, { test: 'go test', result: 'failed', detail: output.slice(-4000) }];
}
