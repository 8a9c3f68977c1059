import { isDs3Error } from '@nacre/model';
import { type EmbeddedPostgres, startEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { type ConnectOptions, connect, type Database } from './postgres.ts';

export interface OpenOptions {
  /** Where the embedded PostgreSQL keeps its files, in a folder `postgres`; made when it is not there. */
  readonly dataDir: string;
  /** A PostgreSQL of one's own: `postgres://user:password@host:port/database`. The embedded one when absent. */
  readonly url?: string | undefined;
  /** The embedded one, when its start was begun before; it belongs to the open database then. */
  readonly engine?: Promise<EmbeddedPostgres> | undefined;
  /** Connections that may be open at once: 10. */
  readonly max?: number | undefined;
  /** In place of the package's own migrations. */
  readonly migrationsFolder?: string | undefined;
}

export interface OpenDatabase extends Database {
  /** Whether it runs as a child of this process; `close` then ends it too. */
  readonly embedded: boolean;
  /** Tells when the embedded PostgreSQL ends without being asked to: nothing works any more after that. */
  onEngineExit(listener: (why: Error) => void): void;
}

/** Opens the database and brings its schema up to date. Errors: a plain Error with the reason, for whoever starts the server. */
export async function openDatabase(options: OpenOptions): Promise<OpenDatabase> {
  if (options.url !== undefined) {
    const database = await openAt({ url: options.url, max: options.max }, options.migrationsFolder);
    return { ...database, embedded: false, onEngineExit: () => {} };
  }
  const engine = await (options.engine ?? startEmbedded(options.dataDir));
  try {
    const database = await openAt({ ...engine.connection, max: options.max }, options.migrationsFolder);
    return {
      ...database,
      embedded: true,
      onEngineExit: engine.onExit,
      async close() {
        await database.close();
        await engine.stop();
      },
    };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

async function openAt(connection: ConnectOptions, migrationsFolder: string | undefined): Promise<Database> {
  const database = connect(connection);
  try {
    await migrate(database, migrationsFolder);
    return database;
  } catch (error) {
    await database.close();
    // What is a plea for patience to a caller is a reason to the operator.
    if (isDs3Error(error)) throw new Error(`The database cannot be opened: ${reasonOf(error)}`, { cause: error });
    throw error;
  }
}

function reasonOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
