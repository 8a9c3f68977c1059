// `pnpm conformance [suite …]`: official SDKs and ordinary S3 clients, each against a fresh server of its own.
// --table writes what passed into docs/compatibility.md; --check fails when that table is not what it would write,
// without running anything; --keep leaves the folders of the run, with the servers' logs.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '../processes/server.ts';
import { build, ensureInstalled, SetupError } from '../setup/install.mjs';
import { requirePinnedNode } from '../setup/pinned-node.mjs';
import { root } from '../setup/workspace.mjs';
import { knownFailures } from './known.ts';
import { countVerdicts, judge, type SuiteReport, summaryLine, verdictText } from './report.ts';
import type { Outcome, Suite } from './suite.ts';
import { suites } from './suites.ts';
import { readRecorded, withSection } from './table.ts';

const page = join(root, 'docs', 'compatibility.md');
const wrongUsage = 2;

requirePinnedNode();
process.exitCode = await main();

async function main(): Promise<number> {
  const { chosen, options, problem } = readArguments();
  if (problem !== undefined) {
    console.error(`conformance: ${problem}`);
    return wrongUsage;
  }
  if (options.check) return checkTable();
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => abort.abort());
  const folder = mkdtempSync(join(tmpdir(), 'nacre-conformance-'));
  try {
    await ensureInstalled();
    await build();
    const reports: SuiteReport[] = [];
    for (const suite of chosen) reports.push(await runSuite(suite, join(folder, suite.name), abort.signal));
    if (options.table) writeTable(reports);
    return summarize(reports);
  } catch (error) {
    if (!abort.signal.aborted && !(error instanceof SetupError)) throw error;
    console.error(abort.signal.aborted ? 'conformance: interrupted' : `conformance: ${(error as SetupError).message}`);
    return 1;
  } finally {
    if (options.keep) console.error(`kept: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

function readArguments() {
  const options = { table: { type: 'boolean' }, check: { type: 'boolean' }, keep: { type: 'boolean' } } as const;
  const names = suites.map(({ name }) => name);
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const unknown = positionals.find((name) => !names.includes(name));
    const chosen = suites.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    const problem = unknown && `there is no suite '${unknown}'; the suites are ${names.join(', ')}`;
    return { chosen, options: values, problem };
  } catch (error) {
    return { chosen: [], options: {}, problem: error instanceof Error ? error.message : String(error) };
  }
}

async function runSuite(suite: Suite, folder: string, signal: AbortSignal): Promise<SuiteReport> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const preparation = await suite.prepare(signal);
  if ('missing' in preparation) {
    console.log(`\n${suite.name}: skipped, ${preparation.missing}`);
    return { suite, seconds: seconds(), missing: preparation.missing };
  }
  console.log(`\n${suite.name} ${preparation.version}`);
  const verdicts = judge(suite.name, await outcomesOf(suite, folder, signal), knownFailures);
  for (const verdict of verdicts) console.log(verdictText(verdict));
  return { suite, seconds: seconds(), version: preparation.version, verdicts };
}

/** What the client's tests came to; a server that does not start, or does not end as asked, is a failure among them. */
async function outcomesOf(suite: Suite, folder: string, signal: AbortSignal): Promise<readonly Outcome[]> {
  const clientFolder = join(folder, 'client');
  mkdirSync(clientFolder, { recursive: true });
  const server = await startServer({
    dataFolder: join(folder, 'data'),
    logFile: join(folder, 'server.log'),
    settings: suite.settings,
    signal,
  });
  let outcomes: readonly Outcome[] = [];
  let problem: string | undefined;
  try {
    outcomes = await suite.run({ server, folder: clientFolder, signal });
  } finally {
    problem = await server.stop();
  }
  signal.throwIfAborted();
  if (problem === undefined) return outcomes;
  const detail = `${problem}\n${readFileSync(server.logFile, 'utf8').slice(-2000)}`;
  return [...outcomes, { test: 'the server ends as asked', result: 'failed', detail }];
}

/** Writes down what passed; of a suite that failed, or could not run here, the page keeps saying what it said. */
function writeTable(reports: readonly SuiteReport[]): void {
  const before = readFileSync(page, 'utf8');
  const recorded = readRecorded(before);
  for (const report of reports) {
    if ('missing' in report) continue;
    const { passed, failed } = countVerdicts(report.verdicts);
    if (failed === 0) recorded.set(report.suite.name, { version: report.version, passed });
  }
  writeFileSync(page, withSection(before, suites, recorded, knownFailures));
}

function checkTable(): number {
  const written = readFileSync(page, 'utf8');
  if (withSection(written, suites, readRecorded(written), knownFailures) === written) return 0;
  console.error('docs/compatibility.md is not what the suites say: run `pnpm conformance --table` and commit it.');
  return 1;
}

/** Prints a line for each suite and the closing line of the house; known failures count as skipped there. */
function summarize(reports: readonly SuiteReport[]): number {
  const counts = reports.map((report) => countVerdicts('missing' in report ? [] : report.verdicts));
  const sum = (of: (each: (typeof counts)[number]) => number) => counts.reduce((total, each) => total + of(each), 0);
  const [passed, failed, skipped] = [sum((c) => c.passed), sum((c) => c.failed), sum((c) => c.known + c.skipped)];
  console.log('');
  for (const report of reports) console.log(summaryLine(report));
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 ? 0 : 1;
}
