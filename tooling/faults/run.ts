// `pnpm faults [campaign …]`: brings faults about and counts what is wrong after them. --quick is the form for every
// change; --seed N begins from N, --least N does so many, and both together do one case again; --report writes what
// passed in the full form into the pages. Without running anything, --pages writes their tables anew, and --check fails
// when they are not what it would write. --keep leaves the folders, with the servers' logs. Prints a line of JSON for
// each campaign, then a table.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { helpIfAsked } from '../setup/help.mjs';
import { build, ensureInstalled, SetupError } from '../setup/install.mjs';
import { requirePinnedNode } from '../setup/pinned-node.mjs';
import { root } from '../setup/workspace.mjs';
import type { Campaign, Findings } from './campaign.ts';
import { campaigns } from './campaigns.ts';
import { readRecorded, recordOf, withTable } from './page.ts';
import { endAllProcesses } from './processes.ts';
import { type Figure, figureOf, hasPassed, tableOf } from './report.ts';

const pageNames = ['durability', 'security'] as const;
const wrongUsage = 2;
/** After so long a campaign hangs, on a machine that has other things to do too. */
const quickMinutes = 8;
const fullMinutes = 240;

requirePinnedNode();
helpIfAsked(import.meta.filename);
process.exitCode = await main();

async function main(): Promise<number> {
  const asked = readArguments();
  if ('problem' in asked) {
    console.error(`faults: ${asked.problem}`);
    return wrongUsage;
  }
  const { chosen, options } = asked;
  if (options.check) return checkPages();
  if (options.pages) {
    writePages([]);
    return 0;
  }
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interrupted.abort());
  const folder = mkdtempSync(join(temporaryFolder(), 'nacre-faults-'));
  try {
    await ensureInstalled();
    await build();
    const figures: Figure[] = [];
    for (const campaign of chosen) {
      if (interrupted.signal.aborted) break;
      figures.push(await conduct(campaign, join(folder, campaign.name), options, interrupted.signal));
    }
    if (options.report) writePages(figures);
    const passed = figures.filter(hasPassed).length;
    const failed = figures.length - passed + (interrupted.signal.aborted ? 1 : 0);
    console.log(`\n${tableOf(figures)}\n\n${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`faults: ${error.message}`);
    return 1;
  } finally {
    if (options.keep) console.error(`kept: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

/** In memory where that can be: what a killed process wrote is there all the same, and syncing it costs nothing. */
function temporaryFolder(): string {
  const inMemory = '/dev/shm';
  return process.env.TMPDIR === undefined && existsSync(inMemory) ? inMemory : tmpdir();
}

interface Options {
  readonly quick: boolean;
  readonly seed: number | undefined;
  readonly least: number | undefined;
  readonly report: boolean;
  readonly pages: boolean;
  readonly check: boolean;
  readonly keep: boolean;
}

function readArguments():
  | { readonly chosen: readonly Campaign[]; readonly options: Options }
  | { readonly problem: string } {
  const flag = { type: 'boolean', default: false } as const;
  const number = { type: 'string' } as const;
  const names = campaigns.map(({ name }) => name);
  try {
    const { values, positionals } = parseArgs({
      options: { quick: flag, report: flag, pages: flag, check: flag, keep: flag, seed: number, least: number },
      allowPositionals: true,
    });
    const unknown = positionals.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`there is no campaign '${unknown}'; they are ${names.join(', ')}`);
    const { quick, report, pages, check, keep } = values;
    const [seed, least] = [wholeNumber('--seed', values.seed), wholeNumber('--least', values.least)];
    if (report && (quick || least !== undefined)) throw new Error('--report is of the full form alone');
    const chosen = campaigns.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    return { chosen, options: { quick, report, pages, check, keep, seed, least } };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function wholeNumber(name: string, written: string | undefined): number | undefined {
  if (written === undefined || /^\d+$/.test(written)) return written === undefined ? undefined : Number(written);
  throw new Error(`${name} is '${written}', which is no whole number`);
}

/** Runs a campaign to its end, and ends whatever it left running. */
async function conduct(campaign: Campaign, folder: string, options: Options, stop: AbortSignal): Promise<Figure> {
  mkdirSync(folder, { recursive: true });
  const { quick } = options;
  const least = options.least ?? (quick ? campaign.least.quick : campaign.least.full);
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
  const minutes = quick ? quickMinutes : fullMinutes;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(minutes * 60_000)]);
  const began = performance.now();
  console.log(`\n${campaign.name}: seed ${seed}`);
  let findings: Findings;
  try {
    findings = await campaign.run({ least, quick, seed, folder, signal, log: (line) => console.log(`  ${line}`) });
  } catch (error) {
    const what = signal.aborted ? `it did not end within ${minutes} minutes` : String((error as Error).stack ?? error);
    findings = { done: 0, all: 0, wrong: [{ seed, what: stop.aborted ? 'interrupted' : what }] };
  } finally {
    await endAllProcesses();
  }
  for (const { seed: again, what } of findings.wrong) {
    console.log(`  WRONG    ${what}\n           again: pnpm faults ${campaign.name} --seed ${again} --least 1`);
  }
  const figure = figureOf(campaign, findings, { least, seed, seconds: (performance.now() - began) / 1000 });
  console.log(JSON.stringify(figure));
  if (!options.keep) rmSync(folder, { recursive: true, force: true });
  return figure;
}

// ── The pages ───────────────────────────────────────────────────────────────────────────────────────────────────────

function pathOf(page: (typeof pageNames)[number]): string {
  return join(root, 'docs', `${page}.md`);
}

/** Writes down what passed; of a campaign that failed, or did not run, the page keeps saying what it said. */
function writePages(figures: readonly Figure[]): void {
  for (const page of pageNames) {
    const ofPage = campaigns.filter((campaign) => campaign.page === page);
    if (ofPage.length === 0) continue;
    const before = readFileSync(pathOf(page), 'utf8');
    const recorded = readRecorded(before);
    for (const figure of figures.filter(hasPassed)) recorded.set(figure.campaign, recordOf(figure));
    writeFileSync(pathOf(page), withTable(before, ofPage, recorded));
  }
}

function checkPages(): number {
  const stale = pageNames.filter((page) => {
    const ofPage = campaigns.filter((campaign) => campaign.page === page);
    if (ofPage.length === 0) return false;
    const written = readFileSync(pathOf(page), 'utf8');
    return withTable(written, ofPage, readRecorded(written)) !== written;
  });
  for (const page of stale)
    console.error(`docs/${page}.md is not what the campaigns say: run \`pnpm run docs\` and commit them.`);
  return stale.length === 0 ? 0 : 1;
}
