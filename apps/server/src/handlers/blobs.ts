import { type contract, Ds3Error, type Input } from '@nacre/model';
import { findBlobOfJob, findBlobsById, findJob, listCopies, needBucket } from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { readPersistenceRequest, writePersistence } from '../domain/blob-persistence.ts';
import { hasRight, needJobRight } from '../domain/permissions.ts';

export const blobs = {
  async getBlobPersistence(ctx, { body }) {
    const ids = readPersistenceRequest(body);
    const found = await findBlobsById(ctx.store.db, ids);
    const visible = found.filter(({ bucket }) => hasRight(ctx.caller, 'LIST', bucket));
    const copies = await listCopies(
      ctx.store.db,
      visible.map(({ blob }) => blob.id),
    );
    const byId = new Map(visible.map((one) => [one.blob.id, one.blob]));
    const known = ids.flatMap((id) => {
      const blob = byId.get(id);
      if (!blob) return [];
      const { checksum, checksumType, cacheNodeId, length } = blob;
      const permanentCopies = copies.get(id)?.length ?? 0;
      return [{ id, checksum, checksumType, inCache: cacheNodeId !== null, length, permanentCopies }];
    });
    return { text: writePersistence(known) };
  },
} satisfies Handlers<'ds3'>;

/**
 * Says that a blob has come into the cache on another way than HTTP. There is no such way here: the answer tells
 * whether the blob was received, and a client that asks again after its own PUT succeeds.
 *
 * Errors: `NotFound` for a job or blob that is not there, `Gone` when the job has ended, `InvalidArgument` for another
 * size, `InvalidRequest` for a blob that was not received.
 */
export async function completeBlob(
  ctx: RequestContext,
  { bucket: name, key, blob: blobId, job: jobId, size }: Input<(typeof contract)['s3']['completeBlob']>,
): Promise<void> {
  const bucket = await needBucket(ctx.store.db, name);
  const job = await findJob(ctx.store.db, jobId);
  if (job?.bucketId !== bucket.id) {
    throw new Ds3Error('NotFound', { resource: jobId, message: `There is no job ${jobId} in ${name}.` });
  }
  needJobRight(ctx.caller, job, bucket);
  const [known] = await findBlobsById(ctx.store.db, [blobId]);
  const at = { jobId, bucketId: bucket.id, name: key, byteOffset: known?.blob.byteOffset ?? 0 };
  const blob = known && (await findBlobOfJob(ctx.store.db, { ...at, versionId: known.object.id }));
  if (!blob && job.status !== 'IN_PROGRESS') {
    throw new Ds3Error('Gone', { resource: jobId, message: `The job ${jobId} has ended: it is ${job.status}.` });
  }
  if (!blob) {
    throw new Ds3Error('NotFound', { resource: blobId, message: `The job has no blob ${blobId} of '${key}'.` });
  }
  if (size !== undefined && size !== blob.length) {
    throw new Ds3Error('InvalidArgument', {
      resource: 'size',
      message: `The blob ${blobId} has ${blob.length} bytes in its job; the request says ${size}.`,
    });
  }
  if (blob.receivedAt === null) {
    throw new Ds3Error('InvalidRequest', {
      resource: blobId,
      message: `The blob ${blobId} was not received: this server takes blobs by PUT alone.`,
    });
  }
}
