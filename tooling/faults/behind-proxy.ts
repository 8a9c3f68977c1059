import { join } from 'node:path';
import { type OpenDatabase, openDatabase } from '@nacre/store';
import { type PostgresProxy, startPostgresProxy } from './postgres-proxy.ts';
import { type ServerProcess, startServer } from './processes.ts';

/** A server whose PostgreSQL is not its own, and a proxy between them. */
export interface BehindProxy {
  readonly server: ServerProcess;
  readonly proxy: PostgresProxy;
  readonly database: OpenDatabase;
  /** Errors: when the server does not end as asked. A campaign that is aborted has it closed by its signal. */
  close(): Promise<void>;
}

/** Starts the three over folders below `folder`. */
export async function startBehindProxy(
  folder: string,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<BehindProxy> {
  const database = await openDatabase({ dataDir: join(folder, 'database') });
  const closing: (() => Promise<void>)[] = [() => database.close()];
  const close = async () => {
    for (const each of closing.splice(0)) await each();
  };
  try {
    const { connection } = database;
    if (!('socket' in connection)) throw new Error('the embedded PostgreSQL has no socket');
    const proxy = await startPostgresProxy({ path: connection.socket });
    closing.unshift(() => proxy.close());
    const url = `postgres://${connection.user}@127.0.0.1:${proxy.port}/${connection.database}`;
    const dataFolder = join(folder, 'data');
    const server = await startServer({ dataFolder, env: { ...env, NACRE_DATABASE_URL: url }, signal });
    closing.unshift(() => server.stop());
    signal.addEventListener('abort', () => void close().catch(() => {}), { once: true });
    return { server, proxy, database, close };
  } catch (error) {
    await close();
    throw error;
  }
}
