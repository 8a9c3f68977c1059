import type { Ended } from '../processes/program.ts';
import type { Outcome } from './suite.ts';

/** What a program of ours printed: one outcome a line, as JSON. A program that breaks off is an outcome of its own. */
export function readJsonLines(program: string, { code, output, stdout }: Ended): Outcome[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  const outcomes = lines.map((line): Outcome => JSON.parse(line));
  if (code === 0 && outcomes.length > 0) return outcomes;
  return [...outcomes, { test: `${program} runs to its end`, result: 'failed', detail: output.slice(-4000) }];
}
