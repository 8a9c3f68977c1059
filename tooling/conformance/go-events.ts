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
 * Reads what `go test -json` prints: one outcome for each test, or for each of its parts when it has some. What fails
 * without a failing test or part (a package whose set-up fails or that does not compile) is an outcome of its own, a
 * package named after the last part of its path.
 */
export function readGoEvents(printed: string): Outcome[] {
  const outcomes: Outcome[] = [];
  const said = new Map<string, string[]>();
  const within = new Map<string, Set<Outcome['result']>>();
  for (const event of printed.split('\n').map(parseEvent)) {
    if (event === undefined) continue;
    const scopes = scopesOf(event);
    const [scope = '', ...outer] = scopes;
    if (event.Output !== undefined) said.set(scope, [...(said.get(scope) ?? []), event.Output].slice(-keptLines));
    const result = results[event.Action];
    if (result === undefined) continue;
    for (const each of outer) within.set(each, (within.get(each) ?? new Set()).add(result));
    const parts = within.get(scope);
    const isWhole = parts !== undefined || event.Test === undefined;
    if (isWhole && (result !== 'failed' || parts?.has('failed'))) continue;
    const test = event.Test ?? scope.slice(scope.lastIndexOf('/') + 1);
    const detail = (said.get(scope) ?? []).join('');
    outcomes.push(result === 'passed' ? { test, result } : { test, result, detail });
  }
  return outcomes;
}

/** What an event is of, and what that is within: a part, its test, its package. */
function scopesOf({ Package: place = '', Test: test }: GoEvent): string[] {
  const names = test?.split('/') ?? [];
  const tests = names.map((_, index) => `${place} ${names.slice(0, names.length - index).join('/')}`);
  return [...tests, place];
}

function parseEvent(line: string): GoEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
