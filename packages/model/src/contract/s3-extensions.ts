import { AccessControlPolicy, LocationConstraint, VersioningConfiguration } from '../types/s3-bucket.ts';
import { CopyObjectResult, CopyPartResult } from '../types/s3-copy.ts';
import { int, text, uuid } from '../wire/scalar.ts';
import { document, header, may, need, needBare, needHeader, s3 } from './define.ts';
import { metadata, s3VersionId, systemMetadata } from './s3.ts';

/**
 * The object to be copied, `/bucket/key` or `bucket/key`, percent-encoded, with `?versionId=…` for one version; and what
 * must hold of it.
 */
const source = {
  copySource: needHeader('x-amz-copy-source', text),
  copySourceIfMatch: header('x-amz-copy-source-if-match', text),
  copySourceIfModifiedSince: header('x-amz-copy-source-if-modified-since', text),
  copySourceIfNoneMatch: header('x-amz-copy-source-if-none-match', text),
  copySourceIfUnmodifiedSince: header('x-amz-copy-source-if-unmodified-since', text),
};

/** What S3 clients ask for and DS3 systems do not know, under the names of Amazon's API. */
export const s3Extensions = {
  /** Where the bucket is. S3: GetBucketLocation. */
  getBucketLocation: s3('GET', 'bucket', {
    query: { location: needBare },
    answer: document(LocationConstraint),
    raises: ['NoSuchBucket'],
  }),

  /** Whether the bucket keeps several versions of an object. S3: GetBucketVersioning. */
  getBucketVersioning: s3('GET', 'bucket', {
    query: { versioning: needBare },
    answer: document(VersioningConfiguration),
    raises: ['NoSuchBucket'],
  }),

  /** The owner and that all is the owner's: DS3 has access lists of its own. S3: GetBucketAcl. */
  getBucketAcl: s3('GET', 'bucket', {
    query: { acl: needBare },
    answer: document(AccessControlPolicy),
    raises: ['NoSuchBucket'],
  }),

  /** As of the bucket. S3: GetObjectAcl. */
  getObjectAcl: s3('GET', 'object', {
    query: { acl: needBare, versionId: may(uuid) },
    answer: document(AccessControlPolicy),
    raises: ['NoSuchBucket', 'NoSuchKey'],
  }),

  /**
   * Writes an object with the bytes of another. `metadataDirective` is COPY, or REPLACE by what the request says.
   * S3: CopyObject.
   */
  copyObject: s3('PUT', 'object', {
    headers: {
      ...source,
      ...systemMetadata,
      ifNoneMatch: header('If-None-Match', text),
      metadata,
      metadataDirective: header('x-amz-metadata-directive', text),
    },
    answer: document(CopyObjectResult),
    answerHeaders: { ...s3VersionId, versionId: header('version-id', uuid) },
    raises: ['NoSuchBucket', 'NoSuchKey', 'OBJECT_ALREADY_EXISTS', 'PreconditionFailed', 'SlowDown'],
  }),

  /** Writes one part of a multipart upload with the bytes of an object, or with a range of them. S3: UploadPartCopy. */
  uploadPartCopy: s3('PUT', 'object', {
    query: { partNumber: need(int), uploadId: need(uuid) },
    headers: { ...source, copySourceRange: header('x-amz-copy-source-range', text) },
    answer: document(CopyPartResult),
    raises: ['NoSuchBucket', 'NoSuchKey', 'NoSuchUpload', 'PreconditionFailed', 'SlowDown'],
  }),
};
