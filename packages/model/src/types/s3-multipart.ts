import { bool, byteCount, instant, int, text, uuid } from '../wire/scalar.ts';
import { elem, type Infer, many, maybe, nullable, record, wrappedEach } from '../wire/shape.ts';
import { S3ChecksumType, s3ChecksumElements } from './s3-checksum.ts';
import { Owner } from './s3-list.ts';

/** The id of a new multipart upload. */
export const InitiateMultipartUploadResult = record('InitiateMultipartUploadResult', {
  bucket: elem(text),
  key: elem(text),
  uploadId: elem(text),
});
export type InitiateMultipartUploadResult = Infer<typeof InitiateMultipartUploadResult>;

/** A part as the client names it when all have arrived. */
export const CompletedPart = record('Part', {
  ...s3ChecksumElements,
  eTag: elem(text),
  partNumber: elem(int),
});
export type CompletedPart = Infer<typeof CompletedPart>;

/** The parts that make up the object, in their order. */
export const CompleteMultipartUpload = record('CompleteMultipartUpload', { parts: many(CompletedPart) });
export type CompleteMultipartUpload = Infer<typeof CompleteMultipartUpload>;

/** The object that a multipart upload became. */
export const CompleteMultipartUploadResult = record('CompleteMultipartUploadResult', {
  bucket: elem(text),
  ...s3ChecksumElements,
  checksumType: maybe(elem(S3ChecksumType)),
  eTag: elem(text),
  key: elem(text),
  location: elem(text),
});
export type CompleteMultipartUploadResult = Infer<typeof CompleteMultipartUploadResult>;

/** A part that has arrived. */
export const MultipartPart = record('Part', {
  ...s3ChecksumElements,
  eTag: elem(text),
  lastModified: elem(instant),
  partNumber: elem(int),
  /** Bytes. S3 systems send it, DS3 systems do not. */
  size: maybe(elem(byteCount)),
});
export type MultipartPart = Infer<typeof MultipartPart>;

/** The parts of a multipart upload that have arrived. */
export const ListPartsResult = record('ListPartsResult', {
  bucket: elem(text),
  isTruncated: elem(bool),
  key: elem(text),
  maxParts: elem(int),
  nextPartNumberMarker: elem(int),
  owner: elem(Owner),
  parts: many(MultipartPart),
  partNumberMarker: elem(int),
  uploadId: elem(uuid),
});
export type ListPartsResult = Infer<typeof ListPartsResult>;

/** A multipart upload under way. */
export const MultipartUpload = record('Upload', {
  initiated: elem(instant),
  key: elem(text),
  owner: elem(Owner),
  uploadId: elem(uuid),
});
export type MultipartUpload = Infer<typeof MultipartUpload>;

/** The multipart uploads of a bucket that are under way. */
export const ListMultipartUploadsResult = record('ListMultipartUploadsResult', {
  bucket: elem(text),
  commonPrefixes: wrappedEach('CommonPrefixes', text, 'Prefix'),
  delimiter: nullable(elem(text)),
  isTruncated: elem(bool),
  keyMarker: nullable(elem(text)),
  maxUploads: elem(int),
  nextKeyMarker: nullable(elem(text)),
  nextUploadIdMarker: nullable(elem(text)),
  prefix: nullable(elem(text)),
  uploads: many(MultipartUpload),
  uploadIdMarker: nullable(elem(text)),
});
export type ListMultipartUploadsResult = Infer<typeof ListMultipartUploadsResult>;
