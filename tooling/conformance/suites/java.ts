import { join } from 'node:path';
import { buildWithMaven, classpathOf, mavenProperty } from '../../processes/maven.ts';
import { runProgram } from '../../processes/program.ts';
import { root } from '../../setup/workspace.mjs';
import { readJsonLines } from '../json-lines.ts';
import { type Bench, clientEnvironment, type Outcome, type Preparation, type Suite } from '../suite.ts';
import { keepLatestVersions } from '../versioning.ts';

const sources = join(root, 'tooling', 'conformance', 'java');
const built = join(root, 'node_modules', '.cache', 'conformance-java');

/** AWS's first SDK for Java, which many archives and media systems still have inside. */
export const awsJava1: Suite = {
  name: 'aws-java-1',
  about: 'AWS SDK for Java 1, signatures 2 and 4, bodies signed in chunks or whole: objects, TransferManager, listings',
  prepare: (signal) => prepareJava('aws1', signal),
  run: (bench) => runJava(bench, 'conformance.AwsSdk1'),
};

/** AWS's second SDK for Java, which sends checksums after the body. */
export const awsJava2: Suite = {
  name: 'aws-java-2',
  about: 'AWS SDK for Java 2, with and without checksums after the body: objects, parts, listings, errors',
  prepare: (signal) => prepareJava('aws2', signal),
  run: (bench) => runJava(bench, 'conformance.AwsSdk2'),
};

const secondsOfOneProgram = 300;

async function prepareJava(client: string, signal: AbortSignal): Promise<Preparation> {
  const problem = await buildWithMaven(sources, built, signal);
  return problem ?? { version: mavenProperty(sources, `${client}.version`) };
}

async function runJava(bench: Bench, main: string): Promise<Outcome[]> {
  await keepLatestVersions(bench);
  const quiet = '-Daws.java.v1.disableDeprecationAnnouncement=true';
  const ended = await runProgram('java', [quiet, `-Djava.io.tmpdir=${bench.folder}`, '-cp', classpathOf(built), main], {
    cwd: bench.folder,
    env: clientEnvironment(bench),
    seconds: secondsOfOneProgram,
    signal: bench.signal,
  });
  return readJsonLines(main, ended);
}
