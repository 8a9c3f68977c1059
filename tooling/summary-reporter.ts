import type { Reporter, SerializedError, TestModule, TestRunEndReason } from 'vitest/node';

/** Ends a run with one plain line for scripts and people: `N passed, N failed, N skipped`. */
export default class SummaryReporter implements Reporter {
  #counts: Counts = { passed: 0, failed: 1, skipped: 0 };

  onInit(): void {
    // vitest itself still prints after the last report ("No test files found", "close timed out").
    process.once('exit', (code) => {
      const { passed, failed, skipped } = this.#counts;
      const failures = code !== 0 && failed === 0 ? 1 : failed;
      if (failures > 0) process.exitCode ||= 1;
      process.stdout.write(`\n${passed} passed, ${failures} failed, ${skipped} skipped\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[], reason: TestRunEndReason): void {
    this.#counts = countOutcomes(modules, unhandled, reason);
  }
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * A file that cannot be loaded, a hook that throws and an error outside of tests count as one failure each, and so
 * does a test that was begun and has no outcome. A run in which no test passed or failed is a failed run.
 */
function countOutcomes(
  modules: readonly TestModule[],
  unhandled: readonly SerializedError[],
  reason: TestRunEndReason,
): Counts {
  const counts: Counts = { passed: 0, failed: unhandled.length, skipped: 0 };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      counts[state === 'pending' ? 'failed' : state] += 1;
    }
    for (const place of [module, ...module.children.allSuites()]) {
      if (place.errors().length > 0) counts.failed += 1;
    }
  }
  if (counts.failed === 0 && (reason !== 'passed' || counts.passed === 0)) counts.failed = 1;
  return counts;
}
