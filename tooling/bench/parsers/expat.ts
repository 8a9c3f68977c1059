import { join } from 'node:path';
import { findProgram, runProgram } from '../../processes/program.ts';
import { root } from '../../setup/workspace.mjs';
import type { Parser } from './parser.ts';

const program = join(root, 'tooling', 'bench', 'parsers', 'python', 'read_list.py');

/** What Spectra's SDK for Python reads with; the SDK itself is in no public registry. */
export const expat: Parser = {
  name: 'Python’s expat',
  settings:
    'dictionaries of text by way of ElementTree, as in Spectra’s SDK for Python, which is in no public registry',
  async prepare({ mayInstall, signal }) {
    if (!mayInstall) return { missing: 'this run takes only what it has itself' };
    if (findProgram('python3') === undefined) return { missing: 'python3 is not on PATH' };
    const { code, output } = await runProgram('python3', ['--version'], { seconds: 60, signal });
    if (code !== 0) return { missing: `python3 does not run: ${output.trim().slice(-300)}` };
    return { command: ['python3', program], version: output.trim().replace('Python ', '') };
  },
};
