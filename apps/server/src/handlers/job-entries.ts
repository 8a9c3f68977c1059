import { Ds3Error, type JobEntry } from '@nacre/model';
import {
  type ChunkRow,
  findChunk,
  findJob,
  type ListedBlob,
  listBlobsOfChunks,
  listChunks,
  type NamedJob,
} from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { pageOf } from '../domain/page.ts';
import { needJobRight } from '../domain/permissions.ts';

/** What the vendor's database knows of chunks and their blobs, and of jobs that could not be made. */
export const jobEntries = {
  async getJobEntries(ctx, { jobId, ...page }) {
    const job = await findJob(ctx.store.db, jobId);
    if (!job) throw new Ds3Error('NotFound', { resource: jobId, message: `There is no job ${jobId}.` });
    allow(ctx, job);
    const chunks = job.status === 'IN_PROGRESS' ? await listChunks(ctx.store.db, jobId) : [];
    const byId = new Map(chunks.map((chunk) => [chunk.id, chunk]));
    const blobs = await listBlobsOfChunks(ctx.store.db, [...byId.keys()]);
    const rows = blobs
      .flatMap((blob) => {
        const chunk = byId.get(blob.chunkId);
        return chunk ? [{ id: blob.entryId, blob, chunk }] : [];
      })
      .sort((a, b) => a.chunk.chunkNumber - b.chunk.chunkNumber || a.blob.orderIndex - b.blob.orderIndex);
    return pageOf(rows, page, ({ blob, chunk }) => describeEntry(job, chunk, blob));
  },

  /** By the id of a chunk: its facts, with those of its first blob. */
  async getJobChunkDao(ctx, { id }) {
    const chunk = await findChunk(ctx.store.db, id);
    const job = chunk && (await findJob(ctx.store.db, chunk.jobId));
    if (!chunk || job?.status !== 'IN_PROGRESS') {
      throw new Ds3Error('NotFound', { resource: id, message: `There is no chunk ${id} of a running job.` });
    }
    allow(ctx, job);
    const [first] = await listBlobsOfChunks(ctx.store.db, [chunk.id]);
    return { ...describeEntry(job, chunk, first), id: chunk.id };
  },

  /** Jobs fail to be made when their media must be brought online; there are none here. */
  async getJobCreationFailures(_ctx, page) {
    return pageOf([], page, (never) => never);
  },

  async deleteJobCreationFailure(_ctx, { id }) {
    throw new Ds3Error('NotFound', { resource: id, message: `There is no job creation failure ${id}.` });
  },
} satisfies Handlers<'ds3'>;

function allow(ctx: RequestContext, job: NamedJob): void {
  needJobRight(ctx.caller, job, { name: job.bucketName, userId: job.bucketUserId });
}

function describeEntry(job: NamedJob, chunk: ChunkRow, blob: ListedBlob | undefined): JobEntry {
  return {
    blobId: blob?.blobId,
    blobStoreState: chunk.state,
    chunkId: chunk.id,
    chunkNumber: chunk.chunkNumber,
    id: blob?.entryId ?? chunk.id,
    jobCreationDate: job.createdAt,
    jobId: job.id,
    nodeId: chunk.nodeId,
    pendingTargetCommit: false,
    readFromAzureTargetId: null,
    readFromDs3TargetId: null,
    readFromPoolId: null,
    readFromS3TargetId: null,
    readFromTapeId: null,
  };
}
