import { type Database, type Receipt, recordReceived, type Tx } from '@nacre/store';
import type { Clock } from './clock.ts';

/** What became of a received blob. `again`: it had been received before. `gone`: its job was cancelled meanwhile. */
export type ReceiptOutcome = 'fresh' | 'again' | 'gone';

/** Records received blobs. Resolves when the record is committed: only then may the client be told. */
export interface BlobReceipts {
  record(receipt: Receipt): Promise<ReceiptOutcome>;
}

interface Waiting {
  readonly receipt: Receipt;
  readonly resolve: (outcome: ReceiptOutcome) => void;
  readonly reject: (error: unknown) => void;
}

const atOnce = 500;

/**
 * Commits receipts in groups: while one group commits, the next gathers, so that many small blobs share a commit and a
 * lone one waits for nobody. `chunkFull` runs in the same transaction for each chunk that is now entirely in cache;
 * `committed` runs after it.
 */
export function createReceipts(
  store: Database,
  clock: Clock,
  on: {
    readonly chunkFull: (tx: Tx, chunkIds: readonly string[]) => Promise<void>;
    readonly committed: (chunkIds: readonly string[]) => void;
  },
): BlobReceipts {
  let waiting: Waiting[] = [];
  let busy = false;

  async function commitWaiting(): Promise<void> {
    busy = true;
    try {
      while (waiting.length > 0) {
        const group = waiting.slice(0, atOnce);
        waiting = waiting.slice(atOnce);
        await commit(group);
      }
    } finally {
      busy = false;
    }
  }

  async function commit(group: readonly Waiting[]): Promise<void> {
    try {
      const receipts = group.map(({ receipt }) => receipt);
      const work = async (tx: Tx) => {
        const recorded = await recordReceived(tx, receipts, clock.now());
        if (recorded.fullChunks.length > 0) await on.chunkFull(tx, recorded.fullChunks);
        return recorded;
      };
      const { fresh, gone, fullChunks } = await store.tx(work, { idempotent: true });
      for (const { receipt, resolve } of group) {
        resolve(gone.has(receipt.blobId) ? 'gone' : fresh.has(receipt.blobId) ? 'fresh' : 'again');
      }
      on.committed(fullChunks);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  return {
    record: (receipt) =>
      new Promise((resolve, reject) => {
        waiting.push({ receipt, resolve, reject });
        if (!busy) void commitWaiting();
      }),
  };
}
