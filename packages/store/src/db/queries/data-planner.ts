import type { Db } from '../postgres.ts';
import { dataPathBackends } from '../schema/index.ts';
import { written } from './rows.ts';

export type DataPathBackendRow = typeof dataPathBackends.$inferSelect;

/** The settings of the system; a system has them from its start. */
export async function needDataPathBackend(db: Db): Promise<DataPathBackendRow> {
  const [found] = await db.select().from(dataPathBackends).limit(1);
  if (!found) throw new Error('the system has no row of its settings');
  return found;
}

export type DataPathBackendSettings = {
  readonly [K in Exclude<keyof DataPathBackendRow, 'id'>]?: DataPathBackendRow[K] | undefined;
};

export async function updateDataPathBackend(db: Db, change: DataPathBackendSettings): Promise<DataPathBackendRow> {
  const { id } = await needDataPathBackend(db);
  return written(
    db
      .update(dataPathBackends)
      .set({ id, ...change })
      .returning(),
    'The settings are there already.',
  );
}
