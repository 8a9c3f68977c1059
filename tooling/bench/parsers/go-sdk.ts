import { join } from 'node:path';
import { findProgram, runProgram } from '../../processes/program.ts';
import { root } from '../../setup/workspace.mjs';
import type { Parser } from './parser.ts';

const sources = join(root, 'tooling', 'bench', 'parsers', 'go');
const sdk = 'github.com/SpectraLogic/ds3_go_sdk';

export const goSdk: Parser = {
  name: "Spectra's SDK for Go",
  settings: 'typed values; it builds a tree of the document first',
  async prepare({ cacheFolder, mayInstall, signal }) {
    if (!mayInstall) return { missing: 'it would have to be built, and this run installs nothing' };
    if (findProgram('go') === undefined) return { missing: 'go is not on PATH' };
    const go = (...args: readonly string[]) =>
      runProgram('go', args, {
        cwd: sources,
        env: { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-buildvcs=false -mod=readonly' },
        seconds: 600,
        signal,
      });
    const program = join(cacheFolder, 'parsers', 'go-sdk');
    const { code, output } = await go('build', '-o', program, '.');
    if (code !== 0) return { missing: `it does not build: ${output.trim().slice(-300)}` };
    const { stdout } = await go('list', '-m', '-f', '{{.Version}}', sdk);
    return { command: [program], version: stdout.trim().replace('+incompatible', '') };
  },
};
