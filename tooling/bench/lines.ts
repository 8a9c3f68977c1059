import type { Figure, Finding, Goal, Measure, Unit } from './measure.ts';

/** A figure or a missing side as it is written down: one line of JSON. */
export type Line = FigureLine | MissingLine;

interface LineOf {
  readonly measure: string;
  readonly number: number;
  /** When it was measured, ISO 8601. */
  readonly at: string;
}

export interface FigureLine extends LineOf {
  readonly name: string;
  readonly unit: Unit;
  /** The median. */
  readonly ours: number;
  readonly other?: {
    readonly name: string;
    readonly version?: string | undefined;
    readonly settings?: string | undefined;
    /** The median. */
    readonly value: number;
  };
  /** Of ours to the other's: the median over the repeats. */
  readonly ratio?: number;
  /** Least and most, of the ratio or of ours where there is no other. */
  readonly spread: readonly [number, number];
  readonly goal?: Goal;
  /** Absent when the run was not of the goal's size. */
  readonly met?: boolean;
  readonly repeats: number;
  /** The part of the goal's size that was measured. */
  readonly scale: number;
  readonly machine: string;
}

export interface MissingLine extends LineOf {
  readonly missing: string;
  readonly why: string;
}

/** What lines of one run share. */
export interface RunFacts {
  readonly at: string;
  readonly scale: number;
  readonly machine: string;
}

export function lineOf({ name: measure, number }: Measure, finding: Finding, facts: RunFacts): Line {
  const { at, scale, machine } = facts;
  if ('missing' in finding) return { measure, number, at, missing: finding.missing, why: finding.why };
  const { name, unit, ours, other, goal } = finding;
  const judged = ratiosOf(finding) ?? ours;
  const isFull = scale === 1;
  return {
    measure,
    number,
    name,
    unit,
    ours: rounded(median(ours)),
    ...(other && {
      other: {
        name: other.name,
        version: other.version,
        settings: other.settings,
        value: rounded(median(other.samples)),
      },
      ratio: rounded(median(judged)),
    }),
    spread: [rounded(Math.min(...judged)), rounded(Math.max(...judged))],
    ...(goal && { goal }),
    ...(goal && isFull && { met: isMet(goal, median(judged)) }),
    repeats: ours.length,
    scale,
    machine,
    at,
  };
}

/** Of each repeat. Errors: when the sides were not measured equally often. */
function ratiosOf({ name, ours, other }: Figure): number[] | undefined {
  if (!other) return undefined;
  if (other.samples.length !== ours.length) throw new Error(`'${name}' was not measured equally often on both sides`);
  return ours.map((value, i) => value / (other.samples[i] ?? Number.NaN));
}

function isMet(goal: Goal, value: number): boolean {
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('a figure without a sample');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [below = Number.NaN, above = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (below + above) / 2;
}

/** To four digits: more is noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** Lines of a file of them, by what they say of each measure. */
export function parseLines(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

export function formatLines(lines: readonly Line[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** Puts what was measured now in the place of what was known of the same measures; in the order of the goals. */
export function replaced(known: readonly Line[], now: readonly Line[]): Line[] {
  const measured = new Set(now.map(({ measure }) => measure));
  const all = [...known.filter(({ measure }) => !measured.has(measure)), ...now];
  return all.sort((a, b) => a.number - b.number || compare(a.measure, b.measure));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
