import { join } from 'node:path';
import { runProgram } from '../../processes/program.ts';
import { readJsonLines } from '../json-lines.ts';
import { preparePython, pythonFolder, pythonProgram } from '../python.ts';
import { type Bench, clientEnvironment, type Outcome, type Suite } from '../suite.ts';
import { keepLatestVersions } from '../versioning.ts';

/** AWS's client for Python, signature version 4. */
export const boto3: Suite = {
  name: 'boto3',
  about: 'boto3: objects, transfers in parts, checksums, listings, conditions, presigned addresses, errors',
  prepare: (signal) => preparePython('boto3', signal),
  run: (bench) => runPython(bench, 'boto3_cases.py'),
};

/** Its predecessor, which signs with version 2. */
export const boto: Suite = {
  name: 'boto',
  about: 'boto (before boto3), signature 2 in header and query: objects, parts, listings, odd names',
  prepare: (signal) => preparePython('boto', signal),
  run: (bench) => runPython(bench, 'boto2_cases.py'),
};

const secondsOfOneProgram = 300;

async function runPython(bench: Bench, program: string): Promise<Outcome[]> {
  await keepLatestVersions(bench);
  const ended = await runProgram(pythonProgram('python'), [join(pythonFolder, program)], {
    cwd: bench.folder,
    env: { ...clientEnvironment(bench), HOME: bench.folder, PYTHONDONTWRITEBYTECODE: '1' },
    seconds: secondsOfOneProgram,
    signal: bench.signal,
  });
  return readJsonLines(program, ended);
}
