import { type Database, queueConnection, sqlTag, type Tx } from '@nacre/store';
import { fromDrizzle, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';

/**
 * Work for later, kept in the database: a task only says what to look at, may run twice, and is tried again when it
 * fails. It is enqueued in the transaction that makes it necessary, so that neither is there without the other.
 */
export interface TaskQueue {
  /** Tasks to persist these chunks, in the transaction. */
  persist(tx: Tx, chunkIds: readonly string[]): Promise<void>;
  /** Starts working this node's share at once rather than at the next look. */
  wake(): void;
  /** Stops taking tasks and lets the running ones end. */
  stop(): Promise<void>;
}

const persistQueue = 'persist';
const lookSeconds = 2;
const tasksAtOnce = 4;
const stopMilliseconds = 20_000;

interface PersistTask {
  readonly chunkId: string;
}

export interface TaskWork {
  /** Errors make the queue try again later. */
  persist(chunkId: string): Promise<void>;
}

/** Opens the queue over a connection of its own. `start` begins to work it. */
export async function openQueue(
  store: Database,
  log: Logger,
  delaySeconds: number,
): Promise<TaskQueue & { start(work: TaskWork): Promise<void> }> {
  const connection = queueConnection(store);
  const boss = new PgBoss({
    db: { executeSql: async (text, values) => ({ rows: await connection.query(text, values ?? []) }) },
    schema: 'queue',
    schedule: false,
  });
  boss.on('error', (error) => log.warn({ err: error, msg: 'the task queue could not reach the database' }));
  await boss.start();
  await boss.createQueue(persistQueue, { retryLimit: 20, retryBackoff: true, retryDelay: 1, retryDelayMax: 300 });
  let worker: string | undefined;

  return {
    async start(work) {
      worker = await boss.work<PersistTask>(
        persistQueue,
        { batchSize: tasksAtOnce, pollingIntervalSeconds: lookSeconds, perJobResults: false },
        async (tasks) => {
          const ends = await Promise.allSettled(tasks.map((task) => work.persist(task.data.chunkId)));
          const failed = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
          // Tasks that succeeded find nothing to do when the batch is tried again.
          if (failed.length > 0) throw new AggregateError(failed, `${failed.length} of ${tasks.length} tasks failed`);
        },
      );
    },
    async persist(tx, chunkIds) {
      const options = delaySeconds > 0 ? { startAfter: delaySeconds } : {};
      const tasks = chunkIds.map((chunkId) => ({ data: { chunkId }, ...options }));
      await boss.insert(persistQueue, tasks, { db: fromDrizzle(tx, sqlTag) });
    },
    wake() {
      if (worker !== undefined) boss.notifyWorker(worker);
    },
    async stop() {
      await boss.stop({ graceful: true, timeout: stopMilliseconds });
      await connection.close();
    },
  };
}
