import type { Priority } from '@nacre/model';
import { type Database, listWaitingChunks, queueConnection, sqlTag, type Tx } from '@nacre/store';
import { enterFailpointScope } from '@nacre/store/failpoints';
import { fromDrizzle, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import { bundleChunks } from '../domain/chunk-bundles.ts';

/**
 * Work for later, kept in the database: a task only says which chunks to look at, may run twice, and is tried again when
 * it fails. It is enqueued in the transaction that makes it necessary, so that neither is there without the other.
 */
export interface TaskQueue {
  /** Tasks to look at these chunks, in the transaction; those of more urgent jobs come first. */
  settle(tx: Tx, chunkIds: readonly string[]): Promise<void>;
  /** Starts working this node's share at once rather than at the next look. */
  wake(): void;
  /** Stops taking tasks and lets the running ones end. */
  stop(): Promise<void>;
}

/** Small tasks have a queue of their own: many of them are done together, and they wait for no large one. */
const queueNames = { small: 'settle-small', large: 'settle' };
const lookSeconds = 2;
const stopMilliseconds = 20_000;

const ranks: Readonly<Record<Priority, number>> = { CRITICAL: 5, URGENT: 4, HIGH: 3, NORMAL: 2, LOW: 1, BACKGROUND: 0 };

/**
 * Who works on tasks, on so many together. Two of those for large tasks are kept for jobs that matter, so that verifying
 * an archive holds up nobody.
 */
const lanes: readonly {
  readonly of: keyof typeof queueNames;
  readonly batchSize: number;
  readonly minPriority?: number;
}[] = [
  { of: 'small', batchSize: 20 },
  { of: 'large', batchSize: 1 },
  { of: 'large', batchSize: 1 },
  { of: 'large', batchSize: 1, minPriority: ranks.NORMAL },
  { of: 'large', batchSize: 1, minPriority: ranks.HIGH },
];

/** A clock that nobody sets: by one that is set back, the queue would sleep until it shows the same time again. */
const steadyClock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimeout: (work: () => void, milliseconds: number) => setTimeout(work, milliseconds),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
  setInterval: (work: () => void, milliseconds: number) => setInterval(work, milliseconds),
  clearInterval: (timer: unknown) => clearInterval(timer as NodeJS.Timeout),
};

interface SettleTask {
  readonly chunkIds: readonly string[];
}

/**
 * Opens the queue over a connection of its own. `start` begins to work it; errors of the work make it try again. `onLoss`
 * is called when it could not reach the database: a task that was taken just then is not given out again for a quarter of
 * an hour.
 */
export async function openQueue(
  store: Database,
  log: Logger,
  delaySeconds: number,
): Promise<
  TaskQueue & { start(settle: (chunkIds: readonly string[]) => Promise<void>, onLoss: () => void): Promise<void> }
> {
  const connection = queueConnection(store);
  const boss = new PgBoss({
    db: { executeSql: async (text, values) => ({ rows: await connection.query(text, values ?? []) }) },
    schema: 'queue',
    schedule: false,
    clock: steadyClock,
  });
  let tellLoss = () => {};
  boss.on('error', (error) => {
    log.warn({ err: error, msg: 'the task queue could not reach the database' });
    tellLoss();
  });
  await boss.start();
  for (const name of Object.values(queueNames)) {
    await boss.createQueue(name, { retryLimit: 20, retryBackoff: true, retryDelay: 1, retryDelayMax: 300 });
  }
  const workers: string[] = [];

  return {
    async start(settle, onLoss) {
      tellLoss = onLoss;
      for (const { of, ...lane } of lanes) {
        const options = { pollingIntervalSeconds: lookSeconds, ...lane };
        const place = workers.length;
        const worker = await boss.work<SettleTask>(queueNames[of], options, async (tasks) => {
          enterFailpointScope('settle');
          // Where there was a task there may be another: without a word the lane would sleep after each.
          const own = workers[place];
          if (own !== undefined) boss.notifyWorker(own);
          await settle(tasks.flatMap((task) => task.data.chunkIds));
        });
        workers.push(worker);
      }
    },
    async settle(tx, chunkIds) {
      if (chunkIds.length === 0) return;
      const options = delaySeconds > 0 ? { startAfter: delaySeconds } : {};
      const bundles = bundleChunks(await listWaitingChunks(tx, chunkIds));
      for (const [of, some] of Map.groupBy(bundles, ({ isSmall }) => (isSmall ? 'small' : 'large'))) {
        const tasks = some.map((bundle) => ({
          data: { chunkIds: bundle.chunkIds },
          priority: ranks[bundle.priority],
          ...options,
        }));
        await boss.insert(queueNames[of], tasks, { db: fromDrizzle(tx, sqlTag) });
      }
    },
    wake() {
      for (const worker of workers) boss.notifyWorker(worker);
    },
    async stop() {
      await boss.stop({ graceful: true, timeout: stopMilliseconds });
      await connection.close();
    },
  };
}
