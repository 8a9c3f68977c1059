// `pnpm check`: everything that must hold before a change is handed in, each with a line of its own, and the closing
// line `N passed, N failed`. `--no-tests` leaves the tests out, for who has just run them.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, ensureInstalled, SetupError } from './install.mjs';
import { pinnedNode, requirePinnedNode } from './pinned-node.mjs';
import { run } from './run.mjs';
import { root } from './workspace.mjs';

requirePinnedNode();

const contracts = process.env.NACRE_CONTRACTS;
const counts = { passed: 0, failed: 0 };

await step('install and build', async () => {
  await ensureInstalled();
  await build();
  return 0;
});
await program('format and lint', '@biomejs/biome/bin/biome', ['check', '--colors=off', '.']);
await program('types', 'typescript/bin/tsc', ['-b']);
await script('docs/operations.md is up to date', 'tooling/contract/coverage.ts', ['--check']);
await script('docs/configuration.md is up to date', 'tooling/configuration.ts', ['--check']);
await script('docs/performance.md is up to date', 'tooling/bench/performance-page.ts', ['--check']);
await script('the figures of the fault campaigns have their places', 'tooling/faults/run.ts', ['--check']);
await script('docs/compatibility.md is up to date', 'tooling/conformance/run.ts', ['--check']);
if (contracts === undefined || contracts === '') {
  console.log('skipped  contract compare: NACRE_CONTRACTS names no folder with contract files');
} else {
  const files = readdirSync(contracts).filter((name) => name.endsWith('.xml'));
  await script(
    'contract compare',
    'tooling/contract/compare.ts',
    files.map((name) => join(contracts, name)),
  );
}
await program('nothing unused', 'knip/bin/knip.js', []);
if (!process.argv.includes('--no-tests')) await script('tests', 'tooling/setup/test.mjs', []);

console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;

/**
 * Runs a program of node_modules.
 * @param {string} name
 * @param {string} file
 * @param {readonly string[]} args
 */
function program(name, file, args) {
  return script(name, join('node_modules', file), args);
}

/**
 * Runs a script in the repository's folder; what it prints is shown only when it fails.
 * @param {string} name
 * @param {string} file
 * @param {readonly string[]} args
 */
function script(name, file, args) {
  return step(name, async () => {
    /** @type {Buffer[]} */
    const printed = [];
    const { code } = await run(pinnedNode, [file, ...args], { cwd: root, onOutput: (text) => printed.push(text) });
    if (code !== 0) process.stdout.write(Buffer.concat(printed));
    return code;
  });
}

/**
 * @param {string} name
 * @param {() => Promise<number>} work answers an exit code
 */
async function step(name, work) {
  const began = performance.now();
  const code = await work().catch((error) => {
    if (!(error instanceof SetupError)) throw error;
    console.error(`nacre: ${error.message}`);
    return error.exitCode;
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  counts[code === 0 ? 'passed' : 'failed'] += 1;
  console.log(`${code === 0 ? 'ok      ' : 'FAILED  '} ${name} (${seconds} s)`);
}
