// Writes docs/operations.md: `node tooling/contract/coverage.ts`, after a build.
// With `--check` nothing is written, and the exit code is 1 when the page is not as it would be written.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { operationsPage, type Served } from './operations-page.ts';

const file = new URL('../../docs/operations.md', import.meta.url);
const handlersFolder = new URL('../../apps/server/dist/handlers/', import.meta.url);

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

/** The handlers of the server and their files. It has to be built, so that it can be asked. */
async function servedOperations(): Promise<Served> {
  const files = globSync('*.js', { cwd: handlersFolder }).sort();
  const modules = await Promise.all(files.map(async (name) => [name, await exportsOf(name)] as const));
  const { handlers: all } = (modules.find(([name]) => name === 'index.js')?.[1] ?? {}) as Handlers;
  if (!all) throw new Error('docs/operations.md needs the built server, which has no handlers yet');
  const places = modules.flatMap(([name, exported]) => placesOf(name, exported)).sort((a, b) => a.among - b.among);
  const fileOf = (handler: unknown) => places.find((place) => place.handler === handler)?.file ?? 'index.ts';
  const filesOf = (handlers: object) =>
    Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, fileOf(handler)]));
  return { s3: filesOf(all.s3), ds3: filesOf(all.ds3) };
}

interface Handlers {
  readonly handlers?: Readonly<Record<'s3' | 'ds3', object>>;
}

interface Place {
  readonly handler: unknown;
  readonly file: string;
  /** Of how many that are exported together it is one: the fewer, the nearer to where it is written. */
  readonly among: number;
}

function placesOf(module: string, exported: Readonly<Record<string, unknown>>): Place[] {
  const file = module.replace(/\.js$/, '.ts');
  return Object.values(exported).flatMap((value) => {
    if (typeof value === 'function') return [{ handler: value, file, among: 1 }];
    const handlers = Object.values(value ?? {});
    return handlers.map((handler) => ({ handler, file, among: handlers.length }));
  });
}

async function exportsOf(module: string): Promise<Record<string, unknown>> {
  return import(new URL(module, handlersFolder).href);
}
