// Writes docs/performance.md from last-report.jsonl and reasons.ts; with --check, fails when the page is not what it
// would write.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/workspace.mjs';
import { type FigureLine, type Line, type MissingLine, parseLines } from './lines.ts';
import type { Measure } from './measure.ts';
import { measures } from './measures.ts';
import { reasons } from './reasons.ts';
import { cellsOf, columns } from './words.ts';

export const reportFile = join(root, 'tooling', 'bench', 'last-report.jsonl');
const page = join(root, 'docs', 'performance.md');

/** What was measured last: a section for each measure, with its figures, and the reasons where a goal is not met. */
export function performancePage(
  lines: readonly Line[],
  all: readonly Measure[],
  why: Readonly<Record<string, string>>,
): string {
  const sections = all
    .toSorted((a, b) => a.number - b.number)
    .flatMap((measure) => {
      const own = lines.filter((line) => line.measure === measure.name);
      return own.length === 0 ? [] : [sectionOf(measure, own, why)];
    });
  return `# Performance

<!-- Derived from the last reports by \`pnpm docs:performance\`: measure again with \`pnpm bench NAME --report\`. -->

\`pnpm bench\` starts what it needs on this machine, measures both sides in turn, and ends by itself. Read the ratios
and not the absolute figures: machines differ, and are busy with other things. A ratio is ours to the other side's, the
median over the repeats; the spread has the least and the most of it.

${sections.join('\n')}`;
}

function sectionOf(measure: Measure, lines: readonly Line[], why: Readonly<Record<string, string>>): string {
  const figures = lines.filter((line): line is FigureLine => 'ours' in line);
  const missing = lines.filter((line): line is MissingLine => 'missing' in line);
  const reasonOf = (key: string) => (why[key] === undefined ? [] : [`- ${why[key]}`]);
  const notes = [
    ...figures.flatMap(({ other }) => (other ? [`- ${other.name}${versionText(other)}`] : [])),
    ...missing.map((line) => `- ${line.missing} was not measured: ${line.why}`),
  ];
  const gaps = [...reasonOf(measure.name), ...figures.flatMap(({ name }) => reasonOf(`${measure.name}: ${name}`))];
  const rows = [columns, columns.map(() => '---'), ...figures.map(cellsOf)];
  return [
    `## ${measure.number}. \`${measure.name}\``,
    '',
    measure.about,
    '',
    ...(figures.length === 0 ? [] : [...rows.map((cells) => `| ${cells.map(cell).join(' | ')} |`), '']),
    ...(notes.length === 0 ? [] : [...new Set(notes), '']),
    ...(gaps.length === 0 ? [] : ['Where the time goes:', '', ...gaps, '']),
    ...figures.slice(0, 1).map(({ at, repeats, machine }) => `${at.slice(0, 10)}, ${repeats} repeats. ${machine}.\n`),
  ].join('\n');
}

function versionText({ version, settings }: { version?: string | undefined; settings?: string | undefined }): string {
  return `${version === undefined ? '' : ` ${version}`}${settings === undefined ? '' : `: ${settings}`}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

export function readReport(): Line[] {
  return existsSync(reportFile) ? parseLines(readFileSync(reportFile, 'utf8')) : [];
}

export function writePage(): void {
  writeFileSync(page, performancePage(readReport(), measures, reasons));
}

if (import.meta.main) {
  if (!process.argv.includes('--check')) {
    writePage();
  } else if (!existsSync(page) || readFileSync(page, 'utf8') !== performancePage(readReport(), measures, reasons)) {
    console.error('docs/performance.md is not what the last reports say: run `pnpm docs:performance` and commit it.');
    process.exitCode = 1;
  }
}
