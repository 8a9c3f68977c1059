import { sql } from 'drizzle-orm';
import { type ConnectOptions, openPool } from './pool.ts';

/** The tag that makes a statement inside a transaction handle; the task queue writes its own statements with it. */
export { sql as sqlTag };

/** One connection for the task queue, which speaks plain SQL and begins transactions by hand. */
export interface QueueConnection {
  query(text: string, values: readonly unknown[]): Promise<unknown[]>;
  close(): Promise<void>;
}

/** A connection of its own beside the others of a database: on a pool, a raw BEGIN would be anybody's. */
export function queueConnection({ connection }: { readonly connection: ConnectOptions }): QueueConnection {
  const pool = openPool({ ...connection, max: 1 });
  return {
    query: async (text, values) => [...(await pool.unsafe(text, values as never[]))],
    close: () => pool.end({ timeout: 5 }),
  };
}
