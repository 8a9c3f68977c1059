// `pnpm conformance [suite …]`: official SDKs and ordinary S3 clients, each against a fresh server of its own, two at a
// time. --table writes what passed into docs/compatibility.md; --check fails when that table is not what it would write,
// without running anything; --keep leaves the folders of the run, with the servers' logs.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '../processes/server.ts';
import { helpIfAsked } from '../setup/help.mjs';
import { build, ensureInstalled, SetupError } from '../setup/install.mjs';
import { requirePinnedNode } from '../setup/pinned-node.mjs';
import { root } from '../setup/workspace.mjs';
import { knownFailures } from './known.ts';
import { countVerdicts, judge, type SuiteReport, summaryLine, verdictText } from './report.ts';
import type { Outcome, Preparation, Suite } from './suite.ts';
import { suites } from './suites.ts';
import { readRecorded, withSection } from './table.ts';

const page = join(root, 'docs', 'compatibility.md');
const wrongUsage = 2;
/** A suite is a client and a server, and one of them mostly waits for the other. */
const atOnce = 2;

requirePinnedNode();
helpIfAsked(import.meta.filename);
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
    const reports = await runSuites(chosen, folder, abort.signal);
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

/** Runs all, `atOnce` at a time, and answers in their order. */
async function runSuites(chosen: readonly Suite[], folder: string, signal: AbortSignal): Promise<SuiteReport[]> {
  const reports: SuiteReport[] = [];
  const waiting = chosen.entries();
  // Several suites install the same: one after the other.
  let prepared: Promise<unknown> = Promise.resolve();
  const prepare = (suite: Suite): Promise<Preparation> => {
    const next = prepared.then(() => suite.prepare(signal));
    prepared = next.catch(() => {});
    return next;
  };
  const lane = async () => {
    for (const [at, suite] of waiting) {
      reports[at] = await runSuite(suite, await prepare(suite), join(folder, suite.name), signal);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: atOnce }, lane));
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
  return reports;
}

async function runSuite(
  suite: Suite,
  preparation: Preparation,
  folder: string,
  signal: AbortSignal,
): Promise<SuiteReport> {
  if ('missing' in preparation) {
    console.log(`\n${suite.name}: skipped, ${preparation.missing}`);
    return { suite, seconds: 0, missing: preparation.missing };
  }
  const began = performance.now();
  const verdicts = judge(suite.name, await outcomesOf(suite, folder, signal), knownFailures);
  const seconds = (performance.now() - began) / 1000;
  console.log([`\n${suite.name} ${preparation.version}`, ...verdicts.map(verdictText)].join('\n'));
  return { suite, seconds, version: preparation.version, verdicts };
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
