import {
  type BlobToCopy,
  findBlobsToCopy,
  findBucket,
  forgetDegraded,
  forgetDropped,
  forgetLostBlobs,
  listDegraded,
  requiredCopies,
} from '@nacre/store';
import type { ServerContext } from '../context.ts';
import { placeCopies } from '../domain/placement.ts';
import { copyToPools } from './persist.ts';
import type { Worker } from './runner.ts';

const atOnce = 200;

/** Writes copies anew that rules owe since a suspect one was given up: from the cache, or from another pool. */
export const rebuild: Worker = {
  name: 'rebuild',
  everySeconds: 60,
  async work(ctx, signal) {
    await forgetLostBlobs(ctx.store.db);
    const degraded = await listDegraded(ctx.store.db, {}, atOnce);
    let mended = 0;
    for (const [bucketId, owed] of Map.groupBy(degraded, (one) => one.bucketId)) {
      if (signal.aborted) break;
      const blobs = await findBlobsToCopy(ctx.store.db, [...new Set(owed.map(({ blobId }) => blobId))]);
      mended += await rebuildInBucket(ctx, bucketId, blobs);
    }
    return degraded.length === atOnce && mended > 0 ? 'more' : 'done';
  },
};

async function rebuildInBucket(ctx: ServerContext, bucketId: string, blobs: readonly BlobToCopy[]): Promise<number> {
  const bucket = await findBucket(ctx.store.db, bucketId);
  if (!bucket) return 0;
  const placement = placeCopies(await requiredCopies(ctx.store.db, bucket.dataPolicyId));
  if (placement.waiting.length > 0) return 0;
  const ids = blobs.map(({ id }) => id);
  // The file of the copy that was given up may still wait to be removed, in the place where the new one goes.
  await ctx.store.tx((tx) => forgetDropped(tx, ids), { idempotent: true });
  await copyToPools(ctx, blobs, placement);
  await forgetDegraded(ctx.store.db, ids);
  return blobs.length;
}
