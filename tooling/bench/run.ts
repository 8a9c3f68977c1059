// `pnpm bench [measure …]`: how fast it is, beside others, on this machine. JSON lines on standard output, a table and
// what goes on on standard error. --list names the measures; --repeats N and --scale S make trials (a scale below 1
// takes that part of the sizes, and judges no goal); --folder DIR is where the data go; --report writes what was
// measured into last-report.jsonl and docs/performance.md; --no-install skips what is not installed yet.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { helpIfAsked } from '../setup/help.mjs';
import { build, ensureInstalled, SetupError } from '../setup/install.mjs';
import { requirePinnedNode } from '../setup/pinned-node.mjs';
import { formatLines, type Line, lineOf, replaced } from './lines.ts';
import { machineText } from './machine.ts';
import type { Bench, Measure } from './measure.ts';
import { measures } from './measures.ts';
import { readReport, reportFile, writePage } from './performance-page.ts';
import { openServers } from './servers.ts';
import { tableText } from './words.ts';

const wrongUsage = 2;

requirePinnedNode();
helpIfAsked(import.meta.filename);
process.exitCode = await main();

async function main(): Promise<number> {
  const { chosen, options, problem } = readArguments();
  if (problem !== undefined) {
    console.error(`bench: ${problem}`);
    return wrongUsage;
  }
  if (options.list) {
    for (const { name, number, about } of measures) console.log(`${String(number).padStart(2)}  ${name}: ${about}`);
    return 0;
  }
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => abort.abort());
  const folder = mkdtempSync(join(options.folder, 'nacre-bench-'));
  try {
    await ensureInstalled();
    await build();
    const lines: Line[] = [];
    let failed = 0;
    for (const measure of chosen) {
      const ran = await runMeasure(measure, options, join(folder, measure.name), abort.signal, (line) => {
        lines.push(line);
        process.stdout.write(formatLines([line]));
      });
      if (!ran) failed += 1;
      abort.signal.throwIfAborted();
    }
    console.error(`\n${tableText(lines)}`);
    if (options.report) {
      writeFileSync(reportFile, formatLines(replaced(readReport(), lines)));
      writePage();
    }
    return failed === 0 ? 0 : 1;
  } catch (error) {
    if (!abort.signal.aborted && !(error instanceof SetupError)) throw error;
    console.error(abort.signal.aborted ? 'bench: interrupted' : `bench: ${(error as SetupError).message}`);
    return 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Options {
  readonly list: boolean;
  readonly report: boolean;
  readonly 'no-install': boolean;
  readonly repeats: number;
  readonly scale: number;
  readonly folder: string;
}

function readArguments(): { chosen: readonly Measure[]; options: Options; problem?: string | undefined } {
  const defaults = { list: false, report: false, 'no-install': false, repeats: 5, scale: 1, folder: tmpdir() };
  try {
    const { values, positionals } = parseArgs({
      options: {
        list: { type: 'boolean', default: false },
        report: { type: 'boolean', default: false },
        'no-install': { type: 'boolean', default: false },
        repeats: { type: 'string', default: '5' },
        scale: { type: 'string', default: '1' },
        folder: { type: 'string', default: tmpdir() },
      },
      allowPositionals: true,
    });
    const options = { ...values, repeats: Number(values.repeats), scale: Number(values.scale) };
    return {
      chosen: measures.filter(({ name }) => positionals.length === 0 || positionals.includes(name)),
      options,
      problem: problemWith(options, positionals),
    };
  } catch (error) {
    return { chosen: [], options: defaults, problem: error instanceof Error ? error.message : String(error) };
  }
}

function problemWith({ repeats, scale, report }: Options, names: readonly string[]): string | undefined {
  const known = measures.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) return `there is no measure '${unknown}'; the measures are ${known.join(', ')}`;
  if (!(Number.isInteger(repeats) && repeats > 0)) return '--repeats is a whole number from 1 on';
  if (!(scale > 0 && scale <= 1)) return '--scale is above 0 and at most 1';
  if (report && scale !== 1) return 'a report is of the full sizes: leave --scale out';
  return undefined;
}

/** Answers whether it came to its end; says why not otherwise. */
async function runMeasure(
  measure: Measure,
  { repeats, scale, 'no-install': noInstall }: Options,
  folder: string,
  interrupted: AbortSignal,
  onLine: (line: Line) => void,
): Promise<boolean> {
  const { name, minutes = 20 } = measure;
  const say = (text: string) => console.error(`${name}: ${text}`);
  mkdirSync(folder, { recursive: true });
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(minutes * 60_000)]);
  const servers = openServers(folder, signal);
  const facts = { at: new Date().toISOString(), scale, machine: machineText(folder) };
  const bench: Bench = {
    folder,
    cacheFolder: cacheFolder(),
    mayInstall: !noInstall,
    repeats,
    smoke: false,
    signal,
    size: (full, least = 1) => Math.max(least, Math.round(full * scale)),
    server: servers.get,
    say,
  };
  say(`${repeats} repeats${scale === 1 ? '' : `, ${scale} of the size`}`);
  try {
    for await (const finding of measure.run(bench)) onLine(lineOf(measure, finding, facts));
    await servers.stopAll();
    return true;
  } catch (error) {
    await servers.stopAll().catch(() => {});
    if (interrupted.aborted) return false;
    say(signal.aborted ? `given up after ${minutes} minutes` : `FAILED: ${(error as Error)?.stack ?? error}`);
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function cacheFolder(): string {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nacre-bench');
  mkdirSync(folder, { recursive: true });
  return folder;
}
