import { type contract, Ds3Error, encodePath, type Input, isDs3Error, type Output } from '@nacre/model';
import {
  type ArrivedPart,
  type BucketRow,
  type DataPolicyRow,
  type Db,
  existingNames,
  findObjectsById,
  holdBucket,
  insertAssembled,
  listArrivedParts,
  lockUpload,
  type NewChunk,
  type NewEntry,
  type ObjectChecksum,
  type ObjectRow,
  removeUpload,
  type Tx,
  tellBlobsCached,
  type UploadRow,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import { checksumOfParts, chooseParts, mostParts } from '../domain/assemble-parts.ts';
import { multipartETag } from '../domain/combine-checksums.ts';
import { settleVersions } from '../domain/existing-objects.ts';
import { defaultJobName } from '../domain/job-state.ts';
import { groupIntoChunks } from '../domain/plan-job.ts';
import { s3Digest } from '../transfer/s3-checksum.ts';
import { needBucketTo } from './bucket-rights.ts';
import { objectChecksumFields, s3ChecksumsOf } from './checksum-headers.ts';
import { chunkLimits, entriesOf, insertOrAppend } from './make-job.ts';
import { needPolicy, needRoomForJob } from './put-job.ts';
import { needsNew, notNew, s3VersionOf, versioningFor } from './write-object.ts';

type CompleteUpload = (typeof contract)['s3']['completeMultiPartUpload'];

/**
 * Makes the object out of its parts, in one transaction: the parts become its blobs, what was not listed goes, and a job
 * makes permanent what is there. Done again after its answer was lost it answers the same.
 */
export async function completeMultiPartUpload(
  ctx: RequestContext,
  input: Input<CompleteUpload>,
): Promise<Output<CompleteUpload>> {
  const bucket = await needBucketTo(ctx, 'WRITE', input.bucket);
  const policy = await needPolicy(ctx, bucket.dataPolicyId);
  const object = (await findMade(ctx.store.db, bucket, input)) ?? (await makeObject(ctx, bucket, policy, input));
  return {
    bucket: bucket.name,
    eTag: `"${object.eTag}"`,
    key: object.name,
    location: `/${bucket.name}/${encodePath(object.name)}`,
    ...objectChecksumFields(object.systemMetadata?.checksum),
    ...s3VersionOf(policy, object.id),
    versionId: object.id,
  };
}

type Made = Pick<ObjectRow, 'id' | 'name' | 'eTag' | 'systemMetadata'>;

/** The object that an earlier call made. */
async function findMade(
  db: Db,
  { id }: BucketRow,
  { key, uploadId }: Input<CompleteUpload>,
): Promise<Made | undefined> {
  const [made] = await findObjectsById(db, [uploadId]);
  return made?.bucketId === id && made.name === key ? made : undefined;
}

async function makeObject(
  ctx: RequestContext,
  bucket: BucketRow,
  policy: DataPolicyRow,
  input: Input<CompleteUpload>,
): Promise<Made> {
  const { key } = input;
  const isNew = needsNew(input);
  await needRoomForJob(ctx);
  const versioning = await versioningFor(ctx, { bucket, policy, key, isNew });
  const made = await ctx.store
    .tx((tx) => assemble(ctx, tx, { bucket, policy, versioning }, input))
    .catch((error: unknown) => {
      throw isNew && isDs3Error(error, 'OBJECT_ALREADY_EXISTS') ? notNew(key) : error;
    });
  ctx.queue.wake();
  return made;
}

interface Place {
  readonly bucket: BucketRow;
  readonly policy: DataPolicyRow;
  /** By which rules the object is written. */
  readonly versioning: DataPolicyRow['versioning'];
}

async function assemble(
  ctx: RequestContext,
  tx: Tx,
  { bucket, policy, versioning }: Place,
  input: Input<CompleteUpload>,
): Promise<Made> {
  await holdBucket(tx, bucket.id);
  const { key, uploadId } = input;
  const upload = await lockUpload(tx, { id: uploadId, bucketId: bucket.id, name: key });
  if (!upload) {
    const made = await findMade(tx, bucket, input);
    if (made) return made;
    throw new Ds3Error('NoSuchUpload', { resource: uploadId, message: `There is no upload ${uploadId} of '${key}'.` });
  }
  const arrived = await listArrivedParts(tx, upload.id, { after: 0, atMost: mostParts });
  const listed = input.body.parts.map((part) => ({ ...part, checksums: s3ChecksumsOf(part) }));
  const chosen = chooseParts(listed, arrived, ctx.config.minPartSize);
  const checksum = checksumOf(upload, chosen, input);
  // An empty part at the end is listed and counted, and holds nothing of the object.
  const parts = chosen.filter(({ length }, i) => length > 0 || (i === 0 && chosen.length === 1));
  const object = {
    id: upload.id,
    name: key,
    type: 'DATA' as const,
    size: parts.reduce((sum, { length }) => sum + length, 0),
  };
  const rules = { versioning, ignoreConflicts: false };
  const [settled] = settleVersions([object], await existingNames(tx, bucket.id, [key]), rules);
  if (!settled) throw new Error('the object of an upload was left out');
  const now = ctx.clock.now();
  const row = {
    id: object.id,
    bucketId: bucket.id,
    name: key,
    type: object.type,
    size: object.size,
    version: settled.version,
    latest: settled.latest,
    creationDate: now,
    eTag: multipartETag(chosen.map(({ md5 }) => md5)),
    metadata: upload.metadata,
    systemMetadata: { ...upload.systemMetadata, checksum },
  };
  await insertAssembled(tx, { object: row, parts });
  await persist(ctx, tx, bucket, policy, parts, now);
  await removeUpload(tx, upload.id, new Set(parts.map(({ id }) => id)));
  return row;
}

/** A job over the blobs, which are in the cache: chunks by the node that has them. */
async function persist(
  ctx: RequestContext,
  tx: Tx,
  bucket: BucketRow,
  policy: DataPolicyRow,
  parts: readonly ArrivedPart[],
  now: Date,
): Promise<void> {
  const chunks: NewChunk[] = [];
  const entries: NewEntry[] = [];
  for (const [nodeId, ofNode] of Map.groupBy(parts, (part) => part.nodeId)) {
    const planned = groupIntoChunks(ofNode, chunkLimits(ctx), ctx.ids.next);
    entries.push(...entriesOf(planned));
    for (const { id, size, entries: all } of planned) {
      const [number, blobs] = [chunks.length + 1, all.length];
      chunks.push({ id, number, size, blobs, nodeId, cachedBlobs: blobs, cachedSize: size });
    }
  }
  const facts = {
    requestType: 'PUT' as const,
    chunkOrder: 'IN_ORDER' as const,
    name: defaultJobName('PUT', ctx.remoteAddress),
    priority: policy.defaultPutJobPriority,
    naked: true,
  };
  const jobId = await insertOrAppend(ctx, tx, bucket.id, facts, [{ objects: [], blobs: [], chunks, entries }]);
  await tellBlobsCached(tx, new Map([[jobId, parts.map(({ id }) => id)]]), now);
  await ctx.queue.settle(
    tx,
    chunks.map(({ id }) => id),
  );
}

/**
 * The checksum of the object, by those of its parts. Errors: `BadDigest` when the client says another, `InvalidRequest`
 * when it says one that cannot be known.
 */
function checksumOf(
  upload: UploadRow,
  parts: readonly ArrivedPart[],
  input: Input<CompleteUpload>,
): ObjectChecksum | undefined {
  const [said] = s3ChecksumsOf(input);
  const algorithm = upload.checksumAlgorithm ?? parts[0]?.s3Checksum?.algorithm;
  const type = upload.checksumType ?? input.checksumType ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const value = algorithm && checksumOfParts({ algorithm, type }, parts, hashOf(algorithm));
  if (said && (said.algorithm !== algorithm || value === undefined)) {
    throw new Ds3Error('InvalidRequest', {
      message: `The parts were not sent with ${said.algorithm}, by which the object was to be compared.`,
    });
  }
  // MinIO's client says a composite checksum without the number of parts that S3 puts behind it.
  const known = said?.value.includes('-') ? value : value?.replace(/-\d+$/, '');
  if (said && said.value !== known) throw new Ds3Error('BadDigest', { resource: upload.name });
  return algorithm && value !== undefined ? { algorithm, type, value } : undefined;
}

function hashOf(algorithm: Parameters<typeof s3Digest>[0]): (bytes: Uint8Array) => string {
  return (bytes) => {
    const digest = s3Digest(algorithm);
    digest.update(bytes);
    return digest.digest();
  };
}
