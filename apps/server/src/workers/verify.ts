import {
  type ChunkRow,
  finishEntries,
  hasCopy,
  type ListedBlob,
  listBlobsOfChunks,
  listCopies,
  type NamedJob,
  noteJobError,
  noteSuspect,
} from '@nacre/store';
import { whatIsWrong } from '../transfer/compare-copy.ts';
import { type ChunkContext, completeIfDone, forEachAtOnce } from './chunk-work.ts';

const blobsAtOnce = 2;

/**
 * Reads every permanent copy of the blobs of a chunk of a VERIFY job and compares its checksum; what differs, or cannot
 * be read, is suspect from then on, and said in the job's error message.
 */
export async function verifyChunk(ctx: ChunkContext, chunk: ChunkRow, job: NamedJob): Promise<void> {
  const blobs = await listBlobsOfChunks(ctx.store.db, [chunk.id]);
  const copies = await listCopies(
    ctx.store.db,
    blobs.map(({ blobId }) => blobId),
  );
  await forEachAtOnce(blobs, blobsAtOnce, async (blob) => {
    const poolIds = copies.get(blob.blobId) ?? [];
    if (poolIds.length === 0) await report(ctx, job, blob, 'has no permanent copy');
    for (const poolId of poolIds) {
      const pool = ctx.places.pools.get(poolId);
      const problem = pool && (await whatIsWrong(pool, blob));
      // It may have been deleted meanwhile.
      if (problem === undefined || !(await hasCopy(ctx.store.db, poolId, blob.blobId))) continue;
      const suspect = { id: ctx.ids.next(), blobId: blob.blobId, poolId };
      await noteSuspect(ctx.store.db, suspect, { problem, now: ctx.clock.now() });
      await report(ctx, job, blob, `on pool ${poolId} ${problem}`);
    }
  });
  await completeIfDone(ctx, [job.id], (tx) => finishEntries(tx, chunk.id));
}

async function report(ctx: ChunkContext, job: NamedJob, blob: ListedBlob, problem: string): Promise<void> {
  ctx.log.error({ job: job.id, blob: blob.blobId, msg: `verification: the blob ${problem}` });
  await noteJobError(ctx.store.db, job.id, `${blob.name} at ${blob.byteOffset} ${problem}`);
}
