import { type Database, inGroupsBegunEarly, type Receipt, recordReceived, type Tx } from '@nacre/store';
import type { Clock } from './clock.ts';

/** What became of a received blob. `again`: it had been received before. `gone`: its job was cancelled meanwhile. */
export type ReceiptOutcome = 'fresh' | 'again' | 'gone';

/** Records received blobs. Resolves when the record is committed: only then may the client be told. */
export interface BlobReceipts {
  record(receipt: Receipt): Promise<ReceiptOutcome>;
}

const atMost = 500;

/**
 * Commits receipts in groups, so that many small blobs share a commit. `chunkFull` runs in the same transaction for each
 * chunk that is now entirely in cache; `committed` runs after it.
 */
export function createReceipts(
  store: Database,
  clock: Clock,
  on: {
    readonly chunkFull: (tx: Tx, chunkIds: readonly string[]) => Promise<void>;
    readonly committed: (chunkIds: readonly string[]) => void;
  },
): BlobReceipts {
  async function commit(gathered: () => Promise<readonly Receipt[]>): Promise<ReceiptOutcome[]> {
    const work = async (tx: Tx) => {
      const receipts = await gathered();
      const recorded = await recordReceived(tx, receipts, clock.now());
      if (recorded.fullChunks.length > 0) await on.chunkFull(tx, recorded.fullChunks);
      return recorded;
    };
    const { fresh, gone, fullChunks } = await store.tx(work, { idempotent: true });
    on.committed(fullChunks);
    const receipts = await gathered();
    return receipts.map(({ blobId }) => (gone.has(blobId) ? 'gone' : fresh.has(blobId) ? 'fresh' : 'again'));
  }

  return { record: inGroupsBegunEarly(commit, { atMost }) };
}
