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
import { isFirstNode } from '../cluster/living-nodes.ts';
import type { ServerContext } from '../context.ts';
import { type Placement, placeCopies } from '../domain/placement.ts';
import { copyToPools } from './persist.ts';
import type { Worker } from './runner.ts';

const atOnce = 200;

/** Writes copies anew that rules owe since a suspect one was given up: from the cache, or from another pool. */
export const rebuild: Worker = {
  name: 'rebuild',
  everySeconds: 60,
  async work(ctx, signal) {
    if (!(await isFirstNode(ctx))) return 'done';
    await forgetLostBlobs(ctx.store.db);
    for (let after: string | undefined; !signal.aborted; ) {
      const degraded = await listDegraded(ctx.store.db, { after }, atOnce);
      for (const [bucketId, owed] of Map.groupBy(degraded, (one) => one.bucketId)) {
        await rebuildInBucket(ctx, bucketId, [...new Set(owed.map(({ blobId }) => blobId))], signal);
      }
      after = degraded.at(-1)?.id;
      if (degraded.length < atOnce) break;
    }
    return 'done';
  },
};

async function rebuildInBucket(
  ctx: ServerContext,
  bucketId: string,
  blobIds: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const bucket = await findBucket(ctx.store.db, bucketId);
  if (!bucket) return;
  const placement = placeCopies(await requiredCopies(ctx.store.db, bucket.dataPolicyId));
  if (placement.waiting.length > 0) return;
  for (const blob of await findBlobsToCopy(ctx.store.db, blobIds)) {
    if (signal.aborted) return;
    try {
      await rebuildBlob(ctx, blob, placement);
    } catch (error) {
      ctx.log.error({ err: error, blob: blob.id, msg: 'a copy that is owed cannot be written yet' });
    }
  }
}

async function rebuildBlob(ctx: ServerContext, blob: BlobToCopy, placement: Placement): Promise<void> {
  // The file of the copy that was given up may still wait to be removed, in the place where the new one goes.
  await ctx.store.tx((tx) => forgetDropped(tx, [blob.id]), { idempotent: true });
  await copyToPools(ctx, [blob], placement, { doubted: true });
  await forgetDegraded(ctx.store.db, [blob.id]);
}
