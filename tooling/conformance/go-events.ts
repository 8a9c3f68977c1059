import type { Outcome } from './suite.ts';

interface GoEvent {
  readonly Action: string;
  readonly Package?: string;
  readonly Test?: string;
  readonly Output?: string;
}

const results: Readonly<Record<string, Outcome['result']>> = { pass: 'passed', fail: 'failed', skip: 'skipped' };
const keptLines = 25;

/**
 * Reads what `go test -json` prints: one outcome for each test function. A package that fails without a failing test
 * (its set-up failed, it panicked, it does not compile) is an outcome of its own, named after the last part of its path.
 */
export function readGoEvents(printed: string): Outcome[] {
  const outcomes: Outcome[] = [];
  const said = new Map<string, string[]>();
  const failing = new Set<string>();
  for (const line of printed.split('\n')) {
    const event = parseEvent(line);
    const place = event?.Package ?? '';
    if (event === undefined || event.Test?.includes('/')) continue;
    const key = `${place} ${event.Test ?? ''}`;
    if (event.Output !== undefined) said.set(key, [...(said.get(key) ?? []), event.Output].slice(-keptLines));
    const result = results[event.Action];
    if (result === undefined) continue;
    const test = event.Test ?? place.slice(place.lastIndexOf('/') + 1);
    if (event.Test === undefined && (result !== 'failed' || failing.has(place))) continue;
    if (result === 'failed') failing.add(place);
    outcomes.push(result === 'passed' ? { test, result } : { test, result, detail: (said.get(key) ?? []).join('') });
  }
  return outcomes;
}

function parseEvent(line: string): GoEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
