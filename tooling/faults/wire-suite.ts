import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode } from '../setup/pinned-node.mjs';
import { run } from '../setup/run.mjs';
import { root } from '../setup/workspace.mjs';

/**
 * Runs the tests that speak HTTP alone against a server: all of them, or those in the named files. Answers how many
 * passed, and for each that failed its name and why.
 */
export async function runWireSuite(
  server: { readonly endpoint: string; readonly accessKey: string; readonly secretKey: string },
  names: readonly string[],
  { folder: reports, signal }: { readonly folder: string; readonly signal: AbortSignal },
): Promise<{ readonly passed: number; readonly failures: readonly string[] }> {
  signal.throwIfAborted();
  const folder = join('apps', 'server', 'test', 'wire');
  const files = names.length === 0 ? [folder] : names.map((name) => join(folder, `${name}.test.ts`));
  const printed: Buffer[] = [];
  const report = join(reports, 'wire-suite.json');
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  await run(pinnedNode, [vitest, 'run', '--reporter=json', `--outputFile=${report}`, ...files], {
    cwd: root,
    env: {
      ...process.env,
      DS3_ENDPOINT: server.endpoint,
      DS3_ACCESS_KEY: server.accessKey,
      DS3_SECRET_KEY: server.secretKey,
    },
    onOutput: (text: Buffer) => printed.push(text),
  });
  try {
    return judge(JSON.parse(readFileSync(report, 'utf8')));
  } catch (error) {
    return {
      passed: 0,
      failures: [`the suite did not run (${error}): ${Buffer.concat(printed).toString().slice(-1000)}`],
    };
  }
}

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

function judge({ numPassedTests, testResults }: Report): { passed: number; failures: readonly string[] } {
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((each) => each.status === 'failed');
    if (failed.length === 0 && status === 'failed') return [`${name}: ${message ?? 'it could not be run'}`];
    return failed.map(
      ({ fullName, failureMessages = [] }) => `${fullName}: ${(failureMessages[0] ?? '').slice(0, 500)}`,
    );
  });
  return { passed: numPassedTests, failures };
}
