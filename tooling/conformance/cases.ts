import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runProgram } from '../processes/program.ts';
import { type Bench, clientEnvironment, type Outcome } from './suite.ts';

/** One thing a program is asked to do. `run` throws when it was not done, with what the program printed. */
export interface Case {
  readonly name: string;
  run(): Promise<void>;
}

/** Runs the cases one after the other. */
export async function runCases(cases: readonly Case[], signal: AbortSignal): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { name, run } of cases) {
    signal.throwIfAborted();
    outcomes.push(await run().then(() => ({ test: name, result: 'passed' }) as const, failed(name)));
  }
  return outcomes;
}

function failed(test: string): (why: unknown) => Outcome {
  return (why) => ({ test, result: 'failed', detail: why instanceof Error ? why.message : String(why) });
}

/** Runs one command of a program to its end and answers what it printed on standard output. */
export type Command = (...args: readonly string[]) => Promise<string>;

const secondsOfOneCommand = 120;
const keptOutput = 2500;

/** A program on PATH, given the client's environment and more. A command that exits with another code than 0 throws. */
export function command(program: string, bench: Bench, env: Readonly<Record<string, string>>): Command {
  return async (...args) => {
    const { code, output, stdout } = await runProgram(program, args, {
      cwd: bench.folder,
      env: { ...clientEnvironment(bench), HOME: bench.folder, ...env },
      seconds: secondsOfOneCommand,
      signal: bench.signal,
    });
    if (code === 0) return stdout;
    throw new Error(`${program} ${args.join(' ')}\nexit code ${code}\n${output.slice(-keptOutput)}`);
  };
}

/** Whether a command fails, saying something that fits. */
export async function refuses(attempt: Promise<unknown>, saying: RegExp): Promise<void> {
  const said = await attempt.then(
    () => 'it did not fail',
    (why: unknown) => (why instanceof Error ? why.message : String(why)),
  );
  if (!saying.test(said)) throw new Error(`expected a failure that says ${saying}: ${said}`);
}

/** Makes a file with random content, and answers the content. */
export function makeFile(path: string, size: number): Buffer {
  const content = randomBytes(size);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return content;
}

/** Makes a folder with a file for each name; the content of each is its name. */
export function makeTree(folder: string, names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), `content of ${name}`);
  }
}

/** The files below a folder with their content, by path from there, in the order of their names. */
export function readTree(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}

/** What a folder of `makeTree` holds, as `readTree` would tell it. */
export function treeOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.toSorted().map((name) => [name, `content of ${name}`]));
}

/** Names that are hard to encode and to sign. Files and keys may have all of them. */
export const oddNames: readonly string[] = [
  'a b',
  'a+b',
  'a%20b',
  'a%2Fb',
  'a&b=c;d,e',
  'a?b#c',
  "a'b(c)!*~",
  'a:b@c$d',
  'a{b}[c]^`|',
  'dots../.hidden',
  'Grüße/日本語.txt',
  'emoji 🎬.mov',
];
