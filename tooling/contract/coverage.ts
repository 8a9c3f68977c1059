// Writes docs/operations.md: `node tooling/contract/coverage.ts`, after a build.
// With `--check` nothing is written, and the exit code is 1 when the page is not as it would be written.
import { readFileSync, writeFileSync } from 'node:fs';
import { operationsPage, type Served } from './operations-page.ts';

const file = new URL('../../docs/operations.md', import.meta.url);

try {
  const page = operationsPage(await servedOperations());
  if (!process.argv.includes('--check')) writeFileSync(file, page);
  else if (written() !== page) {
    console.error('docs/operations.md is stale: run node tooling/contract/coverage.ts');
    process.exitCode = 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

function written(): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** What the server has handlers for. It has to be built, so that it can be asked. */
async function servedOperations(): Promise<Served> {
  const server = '@nacre/server';
  const { served }: { served?: Served } = await import(server).catch((cause: unknown) => {
    throw new Error(`docs/operations.md needs the built server: ${cause instanceof Error ? cause.message : cause}`);
  });
  if (served === undefined) throw new Error(`${server} does not say which operations it serves`);
  return served;
}
