import { ChecksumType } from '../types/data-policy.ts';
import { S3ChecksumAlgorithm, S3ChecksumType } from '../types/s3-checksum.ts';
import { DeleteRequest, DeleteResult, ListAllMyBucketsResult, ListBucketResult } from '../types/s3-list.ts';
import {
  CompleteMultipartUpload,
  CompleteMultipartUploadResult,
  InitiateMultipartUploadResult,
  ListMultipartUploadsResult,
  ListPartsResult,
} from '../types/s3-multipart.ts';
import { byteCount, httpDate, instant, int, text, uuid } from '../wire/scalar.ts';
import {
  bare,
  byteAnswer,
  byteBody,
  document,
  header,
  headersStarting,
  may,
  need,
  needBare,
  s3,
  xml,
} from './define.ts';

/** The checksum of one blob or part, base64; CRCs as four bytes, highest first. DS3 clients send one at most. */
const checksums = {
  contentMd5: header('Content-MD5', text),
  contentCrc32: header('Content-CRC32', text),
  contentCrc32c: header('Content-CRC32C', text),
  contentSha256: header('Content-SHA256', text),
  contentSha512: header('Content-SHA512', text),
};

/** User metadata by name, as sent: clients encode names and values themselves. */
export const metadata = headersStarting('x-amz-meta-', text);

const entityTag = { eTag: header('ETag', text) };

/** Checksums as S3 clients know them, base64. */
const s3Checksums = {
  checksumCrc32: header('x-amz-checksum-crc32', text),
  checksumCrc32c: header('x-amz-checksum-crc32c', text),
  checksumCrc64Nvme: header('x-amz-checksum-crc64nvme', text),
  checksumSha1: header('x-amz-checksum-sha1', text),
  checksumSha256: header('x-amz-checksum-sha256', text),
};

/** The checksum that an S3 client is answered. */
const answeredChecksum = { ...s3Checksums, checksumType: header('x-amz-checksum-type', S3ChecksumType) };

/** What S3 keeps with an object beside the user's metadata. */
export const systemMetadata = {
  cacheControl: header('Cache-Control', text),
  contentDisposition: header('Content-Disposition', text),
  contentEncoding: header('Content-Encoding', text),
  contentLanguage: header('Content-Language', text),
  contentType: header('Content-Type', text),
  expires: header('Expires', text),
};

/** Conditions on the object as it is, and whether an S3 client wants its checksum told. */
const conditions = {
  checksumMode: header('x-amz-checksum-mode', text),
  ifMatch: header('If-Match', text),
  ifModifiedSince: header('If-Modified-Since', text),
  ifNoneMatch: header('If-None-Match', text),
  ifUnmodifiedSince: header('If-Unmodified-Since', text),
};

/** Headers of the answer as an S3 client wants them. */
const responseHeaders = {
  responseCacheControl: may(text, 'response-cache-control'),
  responseContentDisposition: may(text, 'response-content-disposition'),
  responseContentEncoding: may(text, 'response-content-encoding'),
  responseContentLanguage: may(text, 'response-content-language'),
  responseContentType: may(text, 'response-content-type'),
  responseExpires: may(text, 'response-expires'),
};

/** The version of an object as S3 clients know it, where several are kept. */
export const s3VersionId = { s3VersionId: header('x-amz-version-id', text) };

/** One part of an object that was uploaded in parts, in their order and from 1 on; an object of one piece is part 1. */
const onePart = { partNumber: may(int) };

/** How many parts there are, when one of them was asked for. */
const partsCount = { partsCount: header('x-amz-mp-parts-count', int) };

/** What GET and HEAD say about an object. */
const about = {
  ...entityTag,
  ...answeredChecksum,
  ...systemMetadata,
  ...s3VersionId,
  acceptRanges: header('Accept-Ranges', text),
  creationDate: header('creation-date', instant),
  lastModified: header('Last-Modified', httpDate),
  metadata,
  versionId: header('version-id', uuid),
};

/** The S3 side: buckets and the bytes of objects. */
export const s3Operations = {
  /** The buckets the caller may see. SDK: GetService. */
  getService: s3('GET', 'service', { answer: document(ListAllMyBucketsResult) }),

  /** Makes a bucket with the caller's default data policy. SDK: PutBucket. */
  putBucket: s3('PUT', 'bucket', {
    answerHeaders: { location: header('Location', text) },
    raises: ['BucketAlreadyExists', 'InvalidBucketName'],
  }),

  /** Whether a bucket is there and may be listed. SDK: HeadBucket. */
  headBucket: s3('HEAD', 'bucket', { raises: ['NoSuchBucket'] }),

  /**
   * A page of the objects of a bucket, in the byte order of their keys. What has an S3 name here is sent by S3 clients
   * only. SDK: GetBucket.
   */
  getBucket: s3('GET', 'bucket', {
    query: {
      continuationToken: may(text, 'continuation-token'),
      delimiter: may(text),
      encodingType: may(text, 'encoding-type'),
      keyMarker: may(text),
      listType: may(int, 'list-type'),
      marker: may(text),
      maxKeys: may(int),
      prefix: may(text),
      startAfter: may(text, 'start-after'),
      versionIdMarker: may(text),
      versions: bare,
    },
    answer: document(ListBucketResult),
    raises: ['NoSuchBucket'],
  }),

  /** Deletes an empty bucket. SDK: DeleteBucket. */
  deleteBucket: s3('DELETE', 'bucket', { status: 204, raises: ['BucketNotEmpty', 'Conflict', 'NoSuchBucket'] }),

  /** Deletes many objects, and says of each what became of it. SDK: DeleteObjects. */
  deleteObjects: s3('POST', 'bucket', {
    query: { delete: needBare, rollBack: bare },
    body: xml(DeleteRequest),
    answer: document(DeleteResult),
    raises: ['MalformedXML', 'NoSuchBucket'],
  }),

  /**
   * Writes an object or, with `job` and `offset`, one blob of a PUT job. A key that ends in a slash makes a folder.
   * `ifNoneMatch` may be `*`: only a new object is written. SDK: PutObject.
   */
  putObject: s3('PUT', 'object', {
    query: { job: may(uuid), offset: may(byteCount) },
    headers: {
      ...checksums,
      ...systemMetadata,
      ifMatch: header('If-Match', text),
      ifNoneMatch: header('If-None-Match', text),
      metadata,
      namingConvention: header('Naming-Convention', text),
    },
    body: byteBody,
    answerHeaders: {
      ...checksums,
      ...answeredChecksum,
      ...entityTag,
      ...s3VersionId,
      versionId: header('version-id', uuid),
    },
    raises: [
      'BadDigest',
      'Conflict',
      'EntityTooLarge',
      'Gone',
      'IncompleteBody',
      'InvalidDigest',
      'MissingContentLength',
      'NoSuchBucket',
      'NotFound',
      'OBJECT_ALREADY_EXISTS',
      'PreconditionFailed',
      'SlowDown',
      'XAmzContentSHA256Mismatch',
    ],
  }),

  /**
   * Reads an object or, with `job` and `offset`, one blob of a job. `range` counts from the start of the object;
   * several ranges come back one after the other. 206 when `contentRange` is there, 200 otherwise. The checksum is that
   * of the whole blob, whatever the range. SDK: GetObject.
   */
  getObject: s3('GET', 'object', {
    query: {
      cachedOnly: bare,
      job: may(uuid),
      offset: may(byteCount),
      versionId: may(uuid),
      ...onePart,
      ...responseHeaders,
    },
    headers: { ...conditions, range: header('Range', text) },
    answer: byteAnswer,
    answerHeaders: { ...about, ...checksums, ...partsCount, contentRange: header('Content-Range', text) },
    raises: [
      'Gone',
      'InvalidRange',
      'NoSuchBucket',
      'NoSuchKey',
      'NotFound',
      'NotModified',
      'PreconditionFailed',
      'SlowDown',
    ],
  }),

  /** What is known about an object, without its bytes; `blobChecksums` by the offset of each blob. SDK: HeadObject. */
  headObject: s3('HEAD', 'object', {
    query: { versionId: may(uuid), ...onePart, ...responseHeaders },
    headers: conditions,
    answerHeaders: {
      ...about,
      ...partsCount,
      blobChecksums: headersStarting('ds3-blob-checksum-offset-', text),
      blobChecksumType: header('ds3-blob-checksum-type', ChecksumType),
      contentLength: header('Content-Length', byteCount),
    },
    raises: ['InvalidRange', 'NoSuchBucket', 'NoSuchKey', 'NotModified', 'PreconditionFailed'],
  }),

  /** Deletes an object or one version of it; a missing one is an error. SDK: DeleteObject. */
  deleteObject: s3('DELETE', 'object', {
    query: { rollBack: bare, versionId: may(uuid) },
    status: 204,
    raises: ['NoSuchBucket', 'NoSuchKey'],
  }),

  /** Says that a blob has reached the cache on another way than HTTP. Not in 4.1. SDK: CompleteBlob. */
  completeBlob: s3('POST', 'object', {
    query: { blob: need(uuid), job: need(uuid), size: may(byteCount) },
    headers: { ...checksums, metadata },
    raises: ['Gone', 'NoSuchBucket', 'NotFound'],
  }),

  /** Begins a multipart upload. Not in 6.0. SDK: InitiateMultiPartUpload. */
  initiateMultiPartUpload: s3('POST', 'object', {
    query: { uploads: needBare },
    headers: {
      ...systemMetadata,
      checksumAlgorithm: header('x-amz-checksum-algorithm', S3ChecksumAlgorithm),
      checksumType: header('x-amz-checksum-type', S3ChecksumType),
      metadata,
    },
    answer: document(InitiateMultipartUploadResult),
    answerHeaders: {
      checksumAlgorithm: header('x-amz-checksum-algorithm', S3ChecksumAlgorithm),
      checksumType: header('x-amz-checksum-type', S3ChecksumType),
    },
    raises: ['NoSuchBucket'],
  }),

  /** Writes one part, numbered from 1. Not in 6.0. SDK: PutMultiPartUploadPart. */
  putMultiPartUploadPart: s3('PUT', 'object', {
    query: { partNumber: need(int), uploadId: need(uuid) },
    headers: checksums,
    body: byteBody,
    answerHeaders: { ...checksums, ...s3Checksums, ...entityTag },
    raises: [
      'BadDigest',
      'EntityTooLarge',
      'IncompleteBody',
      'InvalidDigest',
      'MissingContentLength',
      'NoSuchBucket',
      'NoSuchUpload',
      'SlowDown',
      'XAmzContentSHA256Mismatch',
    ],
  }),

  /** Makes the object out of its parts. Not in 6.0. SDK: CompleteMultiPartUpload. */
  completeMultiPartUpload: s3('POST', 'object', {
    query: { uploadId: need(uuid) },
    headers: {
      ...s3Checksums,
      checksumType: header('x-amz-checksum-type', S3ChecksumType),
      ifNoneMatch: header('If-None-Match', text),
    },
    body: xml(CompleteMultipartUpload),
    answer: document(CompleteMultipartUploadResult),
    answerHeaders: { ...s3VersionId, versionId: header('version-id', uuid) },
    raises: [
      'EntityTooSmall',
      'InvalidPart',
      'InvalidPartOrder',
      'MalformedXML',
      'NoSuchBucket',
      'NoSuchUpload',
      'OBJECT_ALREADY_EXISTS',
      'PreconditionFailed',
    ],
  }),

  /** Drops a multipart upload and its parts. Not in 6.0. SDK: AbortMultiPartUpload. */
  abortMultiPartUpload: s3('DELETE', 'object', {
    query: { uploadId: need(uuid) },
    status: 204,
    raises: ['NoSuchBucket', 'NoSuchUpload'],
  }),

  /** The parts that have arrived. Not in 6.0. SDK: ListMultiPartUploadParts. */
  listMultiPartUploadParts: s3('GET', 'object', {
    query: { uploadId: need(uuid), maxParts: may(int), partNumberMarker: may(int) },
    answer: document(ListPartsResult),
    raises: ['NoSuchBucket', 'NoSuchUpload'],
  }),

  /** The multipart uploads under way in a bucket. Not in 6.0. SDK: ListMultiPartUploads. */
  listMultiPartUploads: s3('GET', 'bucket', {
    query: {
      uploads: needBare,
      delimiter: may(text),
      encodingType: may(text, 'encoding-type'),
      keyMarker: may(text),
      maxUploads: may(int),
      prefix: may(text),
      uploadIdMarker: may(text),
    },
    answer: document(ListMultipartUploadsResult),
    raises: ['NoSuchBucket'],
  }),
};
