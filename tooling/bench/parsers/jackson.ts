import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findProgram, runProgram } from '../../processes/program.ts';
import { root } from '../../setup/workspace.mjs';
import type { Parser } from './parser.ts';

const sources = join(root, 'tooling', 'bench', 'parsers', 'java');

/** What Spectra's SDK for Java reads with; the SDK itself is in no public registry. */
export const jackson: Parser = {
  name: 'Jackson',
  settings: "typed values by XmlMapper, as in Spectra's SDK for Java, which is in no public registry",
  async prepare({ cacheFolder, mayInstall, signal }) {
    if (!mayInstall) return { missing: 'it would have to be built, and this run installs nothing' };
    for (const program of ['java', 'javac', 'mvn']) {
      if (findProgram(program) === undefined) return { missing: `${program} is not on PATH` };
    }
    const built = join(cacheFolder, 'parsers', 'java');
    const classpathFile = join(built, 'classpath');
    const goals = ['compile', 'dependency:build-classpath', `-Dmdep.outputFile=${classpathFile}`];
    const args = ['--quiet', '--batch-mode', '--no-transfer-progress', `-Dfolder=${built}`, ...goals];
    const { code, output } = await runProgram('mvn', args, { cwd: sources, seconds: 600, signal });
    if (code !== 0) return { missing: `Maven could not build it: ${output.trim().slice(-300)}` };
    const classpath = [join(built, 'classes'), readFileSync(classpathFile, 'utf8')].join(delimiter);
    const pom = readFileSync(join(sources, 'pom.xml'), 'utf8');
    const version = /<jackson\.version>(.*)</.exec(pom)?.[1] ?? '';
    return { command: ['java', '-cp', classpath, 'parsers.ReadList'], version };
  },
};
