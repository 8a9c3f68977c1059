import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, runProgram } from '../../processes/program.ts';
import type { ServerProcess } from '../../processes/server.ts';
import { root } from '../../setup/workspace.mjs';
import type { Bench, Missing } from '../measure.ts';

/** `psql` on the PostgreSQL that a server of ours runs. */
export interface Psql {
  readonly version: string;
  /** Runs commands in one transaction; answers what they print. Errors: with what psql says when one fails. */
  run(database: 'ours' | 'peer', commands: readonly string[]): Promise<string>;
  /** Makes the database `peer`, with our tables in it, when it is not there. */
  makePeer(): Promise<void>;
}

export async function openPsql(bench: Bench, server: ServerProcess): Promise<Psql | Missing> {
  const program = findProgram('psql');
  if (program === undefined) return { missing: 'psql', why: 'not on PATH: it comes with postgresql-client' };
  const { port, folder } = listensAt(server);
  const names = { ours: 'postgres', peer: 'peer' };
  async function call(database: keyof typeof names, args: readonly string[]): Promise<string> {
    const all = ['-h', folder, '-p', port, '-U', 'nacre', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1'];
    const how = { seconds: 900, signal: bench.signal };
    const { code, output } = await runProgram(program as string, [...all, '-d', names[database], ...args], how);
    if (code !== 0) throw new Error(`psql failed: ${output.slice(0, 2000)}`);
    return output;
  }
  const migrations = join(root, 'packages', 'store', 'migrations');
  return {
    version: (await call('ours', ['-c', 'show server_version'])).trim(),
    run: (database, commands) => call(database, ['-1', ...commands.flatMap((command) => ['-c', command])]),
    async makePeer() {
      if ((await call('ours', ['-c', `select 1 from pg_database where datname = 'peer'`])).trim() !== '') return;
      await call('ours', ['-c', 'create database peer']);
      for (const file of readdirSync(migrations)
        .filter((name) => name.endsWith('.sql'))
        .sort()) {
        await call('peer', ['-f', join(migrations, file)]);
      }
    },
  };
}

/** Where it listens, by the file that it keeps beside its data. */
function listensAt({ dataFolder }: ServerProcess): { readonly port: string; readonly folder: string } {
  const lines = readFileSync(join(dataFolder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n');
  const [, , , port = '', folder = ''] = lines.map((line) => line.trim());
  return { port, folder };
}
