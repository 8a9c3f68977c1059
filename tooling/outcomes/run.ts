// `pnpm outcomes [FOLDER]`: whether the server's tests bring about each outcome of each operation that is served: success,
// and every error that its row raises. Runs the tests, or reads what they left in FOLDER when they ran with
// NACRE_WIRE_OUTCOMES naming it. Ends with the line `N passed, N failed`.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { contract, type Operation } from '@nacre/model';
import { helpIfAsked } from '../setup/help.mjs';
import { pinnedNode, requirePinnedNode } from '../setup/pinned-node.mjs';
import { run } from '../setup/run.mjs';
import { root } from '../setup/workspace.mjs';
import { exceptions } from './exceptions.ts';
import { judge, outcomesOf } from './judge.ts';

requirePinnedNode();
helpIfAsked(import.meta.filename);
const given = process.argv[2];
if (given !== undefined && !statSync(given, { throwIfNoEntry: false })?.isDirectory()) {
  console.error(`outcomes: there is no folder ${given}`);
  process.exit(2);
}
const folder = given ?? mkdtempSync(join(tmpdir(), 'nacre-outcomes-'));
if (given === undefined) await runTests(folder);
const logs = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
if (given === undefined) rmSync(folder, { recursive: true });

const { handlers } = (await import('../../apps/server/dist/handlers/index.js' as string)) as {
  readonly handlers: Readonly<Record<'s3' | 'ds3', object>>;
};
const served = (['s3', 'ds3'] as const).flatMap((plane) =>
  Object.entries<Operation>(contract[plane])
    .filter(([name]) => name in handlers[plane])
    .map(([name, row]) => [`${plane}.${name}` as string, row] as const),
);
const names = new Set(served.map(([name]) => name));
const { met, excepted, gaps, stale } = judge(
  new Map(served),
  outcomesOf(logs),
  exceptions.filter(({ operation }) => names.has(operation)),
);
for (const gap of gaps) console.log(`FAILED   no test comes to: ${gap}`);
for (const outcome of stale) console.log(`FAILED   an exception that is none any more: ${outcome}`);
const total = `${served.length} operations, ${met + excepted + gaps.length} outcomes`;
console.log(`ok       ${total}: ${met} come to in the tests, ${excepted} excepted with a reason`);
console.log(`\n${met} passed, ${gaps.length + stale.length} failed`);
process.exitCode = gaps.length + stale.length === 0 ? 0 : 1;

async function runTests(outcomes: string): Promise<void> {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  await run(pinnedNode, [vitest, 'run', '--root', root, 'apps/server/test'], {
    env: {
      ...process.env,
      NACRE_WIRE_OUTCOMES: outcomes,
      PATH: `${dirname(pinnedNode)}${delimiter}${process.env.PATH ?? ''}`,
    },
  });
}
