import { bool, byteCount, instant, int, long, oneOf, type ScalarValue, text, uuid } from '../wire/scalar.ts';
import { elem, type Infer, maybe, nullable, record } from '../wire/shape.ts';
import { BlobList } from './placement.ts';

/** Whether an object has data or is only a folder marker (its name ends in a slash). */
export const S3ObjectType = oneOf('S3ObjectType', ['DATA', 'FOLDER']);
export type S3ObjectType = ScalarValue<typeof S3ObjectType>;

/** One version of an object, without its data. */
export const S3Object = record('S3Object', {
  bucketId: elem(uuid),
  /** `null` until all of its data have arrived. */
  creationDate: nullable(elem(instant)),
  /** The id of this version; elsewhere called `versionId`. */
  id: elem(uuid),
  latest: elem(bool),
  name: elem(text),
  type: elem(S3ObjectType),
  /** Up to 4.1: the running number of the version, from 1. */
  version: maybe(elem(long)),
});
export type S3Object = Infer<typeof S3Object>;

/** An object with its size, owner and, where asked for, its blobs. */
export const DetailedS3Object = record('Object', {
  /** Its blobs, with the media they are on when physical placement was asked for. */
  blobs: maybe(elem(BlobList)),
  blobsBeingPersisted: maybe(elem(int)),
  blobsDegraded: maybe(elem(int)),
  blobsInCache: maybe(elem(int)),
  blobsTotal: maybe(elem(int)),
  bucketId: elem(uuid),
  /** `null` until all of its data have arrived. */
  creationDate: nullable(elem(instant)),
  /** Empty until all data have arrived. */
  eTag: elem(text),
  id: elem(uuid),
  latest: elem(bool),
  name: elem(text),
  /** The name of the user who owns the bucket. */
  owner: elem(text),
  size: elem(byteCount),
  type: elem(S3ObjectType),
  /** Up to 4.1: the running number of the version, from 1. */
  version: maybe(elem(long)),
});
export type DetailedS3Object = Infer<typeof DetailedS3Object>;
