// Compares the model with contract files of the vendor: `node tooling/contract/compare.ts [--exact] FILE…`.
// One line for each thing that is missing or different; exit 1 when there is one, 2 when a file cannot be read.
import { additions, deliberate, sorted } from './deliberate.ts';
import { differences } from './differences.ts';
import { readContractFile } from './read-contract.ts';

const args = process.argv.slice(2);
const exact = args.includes('--exact');
const paths = args.filter((arg) => arg !== '--exact');

if (paths.length === 0) {
  console.error('usage: node tooling/contract/compare.ts [--exact] FILE…');
  process.exitCode = 2;
} else {
  try {
    const lines = compare(paths);
    for (const line of lines) console.log(line);
    process.exitCode = lines.length === 0 ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  }
}

function compare(files: readonly string[]): string[] {
  const found = differences(files.map(readContractFile), { exact });
  const { unmeant, unneeded } = sorted(found, exact ? [...deliberate, ...additions] : deliberate);
  return [
    ...unmeant.map(({ subject, problem, files }) => `${subject}: ${problem}${inFiles(files)}`),
    ...unneeded.map(({ subject, problem }) => `deliberate.ts: '${subject}: ${problem}' is no longer needed`),
  ];
}

function inFiles(names: readonly string[]): string {
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
}
