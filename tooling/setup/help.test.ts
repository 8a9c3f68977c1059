import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './workspace.mjs';

test.each(['bench', 'conformance', 'faults', 'outcomes'])('`pnpm %s --help` says what it does', (tool) => {
  const said = execFileSync(process.execPath, [join(root, 'tooling', tool, 'run.ts'), '--help'], { encoding: 'utf8' });
  expect(said).toMatch(new RegExp(`^\`pnpm ${tool} `));
  expect(said).not.toMatch(/import|^\/\//m);
});
