import { join } from 'node:path';
import { buildWithMaven, classpathOf, mavenProperty } from '../../processes/maven.ts';
import { root } from '../../setup/workspace.mjs';
import type { Parser } from './parser.ts';

const sources = join(root, 'tooling', 'bench', 'parsers', 'java');

/** What Spectra's SDK for Java reads with; the SDK itself is in no public registry. */
export const jackson: Parser = {
  name: 'Jackson',
  settings: "typed values by XmlMapper, as in Spectra's SDK for Java, which is in no public registry",
  async prepare({ cacheFolder, mayInstall, signal }) {
    if (!mayInstall) return { missing: 'it would have to be built, and this run installs nothing' };
    const built = join(cacheFolder, 'parsers', 'java');
    const problem = await buildWithMaven(sources, built, signal);
    if (problem) return problem;
    const version = mavenProperty(sources, 'jackson.version');
    return { command: ['java', '-cp', classpathOf(built), 'parsers.ReadList'], version };
  },
};
