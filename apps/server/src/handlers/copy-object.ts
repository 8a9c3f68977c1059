import { type contract, Ds3Error, type Input, type Output } from '@nacre/model';
import {
  findLatestObject,
  findObjectsById,
  findObjectVersion,
  listBlobs,
  type ObjectRow,
  replaceMetadata,
  type SystemMetadata,
} from '@nacre/store';
import type { RequestContext } from '../context.ts';
import type { ByteRange } from '../domain/byte-ranges.ts';
import { readCopySource } from '../domain/copy-source.ts';
import { lowerCaseNames } from '../domain/names.ts';
import { checkConditions } from '../domain/preconditions.ts';
import { contentHeadersOf } from '../domain/system-metadata.ts';
import { readRanges } from '../transfer/download.ts';
import { needBucketTo } from './bucket-rights.ts';
import { needPolicy } from './put-job.ts';
import { needsNew, s3VersionOf, writeWholeObject } from './write-object.ts';

type CopyObject = (typeof contract)['s3']['copyObject'];

/**
 * Writes an object with the bytes of another, which are read and written anew: copies share nothing. An object that is
 * copied onto itself with other metadata keeps its bytes where no versions of it are kept.
 */
export async function copyObject(ctx: RequestContext, input: Input<CopyObject>): Promise<Output<CopyObject>> {
  const bucket = await needBucketTo(ctx, 'WRITE', input.bucket);
  const policy = await needPolicy(ctx, bucket.dataPolicyId);
  const source = await needSource(ctx, input);
  const isReplaced = replacesMetadata(input);
  const metadata = isReplaced ? input.metadata && lowerCaseNames(input.metadata) : (source.metadata ?? undefined);
  const headers = isReplaced ? contentHeadersOf(input) : source.systemMetadata;
  const systemMetadata = { ...headers, checksum: wholeChecksum(source) };
  if (source.bucketId === bucket.id && source.name === input.key && source.latest) {
    if (!isReplaced) {
      throw new Ds3Error('InvalidRequest', {
        resource: input.key,
        message: 'An object can be copied onto itself only with x-amz-metadata-directive: REPLACE.',
      });
    }
    if (policy.versioning !== 'KEEP_MULTIPLE_VERSIONS') {
      await replaceMetadata(ctx.store.db, source.id, metadata, systemMetadata);
      return copied(source, source.creationDate);
    }
  }
  const blobs = await listBlobs(ctx.store.db, source.id);
  const { versionId = '' } = await writeWholeObject(ctx, {
    bucket,
    policy,
    key: input.key,
    isNew: needsNew(input),
    upload: {
      body: readRanges(ctx, blobs, wholeOf(source)),
      checksums: [],
      keep: policy.checksumType,
      metadata,
      systemMetadata: () => systemMetadata,
    },
  });
  const [made] = await findObjectsById(ctx.store.db, [versionId]);
  if (!made?.creationDate) {
    throw new Ds3Error('NoSuchKey', { resource: input.key, message: `'${input.key}' was deleted meanwhile.` });
  }
  return { ...copied(made, made.creationDate), ...s3VersionOf(policy, versionId) };
}

function copied({ id, eTag }: ObjectRow, lastModified: Date) {
  return { eTag: `"${eTag ?? ''}"`, lastModified, versionId: id };
}

function replacesMetadata({ metadataDirective = 'COPY' }: Input<CopyObject>): boolean {
  const directive = metadataDirective.toUpperCase();
  if (directive === 'COPY' || directive === 'REPLACE') return directive === 'REPLACE';
  throw new Ds3Error('InvalidArgument', {
    resource: 'x-amz-metadata-directive',
    message: `The directive '${metadataDirective}' is neither COPY nor REPLACE.`,
  });
}

/** A checksum of the bytes is theirs in the copy too; one of the checksums of parts is not: the copy has no parts. */
function wholeChecksum({ systemMetadata }: ObjectRow): SystemMetadata['checksum'] {
  return systemMetadata?.checksum?.type === 'FULL_OBJECT' ? systemMetadata.checksum : undefined;
}

export function wholeOf({ size }: ObjectRow): ByteRange[] {
  return size === 0 ? [] : [{ first: 0, last: size - 1 }];
}

interface SourceOfCopy {
  readonly copySource: string;
  readonly copySourceIfMatch?: string | undefined;
  readonly copySourceIfModifiedSince?: string | undefined;
  readonly copySourceIfNoneMatch?: string | undefined;
  readonly copySourceIfUnmodifiedSince?: string | undefined;
}

interface WholeSource extends ObjectRow {
  readonly creationDate: Date;
}

/** The object to copy, whole. Errors: `InvalidArgument`, `NoSuchBucket`, `AccessDenied`, `NoSuchKey`, `PreconditionFailed`. */
export async function needSource(ctx: RequestContext, from: SourceOfCopy): Promise<WholeSource> {
  const { bucket: name, key, versionId } = readCopySource(from.copySource);
  const bucket = await needBucketTo(ctx, 'READ', name);
  const object =
    versionId === undefined
      ? await findLatestObject(ctx.store.db, bucket.id, key)
      : await findObjectVersion(ctx.store.db, bucket.id, key, versionId);
  if (!object?.creationDate) {
    throw new Ds3Error('NoSuchKey', {
      resource: key,
      message: `There is no object '${key}' to copy, or not all of it.`,
    });
  }
  const conditions = {
    ifMatch: from.copySourceIfMatch,
    ifModifiedSince: from.copySourceIfModifiedSince,
    ifNoneMatch: from.copySourceIfNoneMatch,
    ifUnmodifiedSince: from.copySourceIfUnmodifiedSince,
  };
  const outcome = checkConditions(conditions, { eTag: object.eTag, lastModified: object.creationDate });
  if (outcome !== 'met') throw new Ds3Error('PreconditionFailed', { resource: key });
  return { ...object, creationDate: object.creationDate };
}
