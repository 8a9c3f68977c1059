import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findProgram, runProgram } from './program.ts';

/**
 * Builds the Maven project in a folder, which takes the place of its output as `-Dfolder`. What it needs is fetched by
 * Maven. Answers in one line why it could not.
 */
export async function buildWithMaven(
  sources: string,
  built: string,
  signal: AbortSignal,
): Promise<{ readonly missing: string } | undefined> {
  for (const program of ['java', 'javac', 'mvn']) {
    if (findProgram(program) === undefined) return { missing: `${program} is not on PATH` };
  }
  const goals = ['compile', 'dependency:build-classpath', `-Dmdep.outputFile=${join(built, libraries)}`];
  const args = ['--quiet', '--batch-mode', '--no-transfer-progress', `-Dfolder=${built}`, ...goals];
  const { code, output } = await runProgram('mvn', args, { cwd: sources, seconds: 600, signal });
  return code === 0 ? undefined : { missing: `Maven could not build it: ${output.trim().slice(-1000)}` };
}

/** Where `java` finds what was built. */
export function classpathOf(built: string): string {
  return [join(built, 'classes'), readFileSync(join(built, libraries), 'utf8')].join(delimiter);
}

/** The file that says where Maven has put what the program needs. */
const libraries = 'classpath';

/** A property of the project in a folder, such as the version of what it uses. */
export function mavenProperty(sources: string, name: string): string {
  return new RegExp(`<${name}>(.*)</`).exec(readFileSync(join(sources, 'pom.xml'), 'utf8'))?.[1] ?? '';
}
