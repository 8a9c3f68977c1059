import { bool, byteCount, instant, int, text, uuid } from '../wire/scalar.ts';
import { elem, type Infer, many, maybe, nullable, record, wrapped, wrappedEach } from '../wire/shape.ts';

/** The user who owns what is listed. */
export const Owner = record('Owner', {
  displayName: elem(text),
  /** The id of the user. */
  id: elem(uuid, 'ID'),
});
export type Owner = Infer<typeof Owner>;

/** A bucket in the list of buckets. */
export const ListedBucket = record('Bucket', {
  creationDate: nullable(elem(instant)),
  name: elem(text),
});
export type ListedBucket = Infer<typeof ListedBucket>;

/** The buckets of the caller. */
export const ListAllMyBucketsResult = record('ListAllMyBucketsResult', {
  buckets: wrapped('Buckets', ListedBucket),
  owner: elem(Owner),
});
export type ListAllMyBucketsResult = Infer<typeof ListAllMyBucketsResult>;

/** An object, or a version of one, in a listing. */
export const ListedObject = record('Contents', {
  /** `null` until the data have arrived. */
  eTag: nullable(elem(text)),
  isLatest: maybe(elem(bool)),
  key: elem(text),
  /** `null` until the data have arrived. */
  lastModified: nullable(elem(instant)),
  owner: elem(Owner),
  size: elem(byteCount),
  /** Always empty on DS3 systems. */
  storageClass: nullable(elem(text)),
  versionId: maybe(elem(uuid)),
});
export type ListedObject = Infer<typeof ListedObject>;

/**
 * A page of the objects of a bucket, or of their versions. What is `maybe` here belongs to the newer S3 listings
 * (`list-type=2`, `versions` with markers) and is unknown to DS3 systems.
 */
export const ListBucketResult = record('ListBucketResult', {
  commonPrefixes: wrappedEach('CommonPrefixes', text, 'Prefix'),
  contents: many(ListedObject),
  continuationToken: maybe(elem(text)),
  creationDate: nullable(elem(instant)),
  delimiter: nullable(elem(text)),
  encodingType: maybe(elem(text)),
  isTruncated: elem(bool),
  keyCount: maybe(elem(int)),
  keyMarker: maybe(elem(text)),
  marker: nullable(elem(text)),
  maxKeys: elem(int),
  name: elem(text),
  nextContinuationToken: maybe(elem(text)),
  nextKeyMarker: maybe(elem(text)),
  /** Where the next page starts; set on every page but the last, with a delimiter or without. */
  nextMarker: nullable(elem(text)),
  nextVersionIdMarker: maybe(elem(text)),
  prefix: nullable(elem(text)),
  startAfter: maybe(elem(text)),
  /** In place of `contents` when versions were asked for. */
  versions: many(ListedObject, 'Version'),
  versionIdMarker: maybe(elem(text)),
});
export type ListBucketResult = Infer<typeof ListBucketResult>;

/** An object that is to be deleted: its latest version, or the one named. */
export const ObjectToDelete = record('Object', {
  key: elem(text),
  versionId: maybe(elem(uuid)),
});
export type ObjectToDelete = Infer<typeof ObjectToDelete>;

/** What a multi-object delete is asked to delete. `quiet` leaves the successes out of the answer. */
export const DeleteRequest = record('Delete', {
  quiet: maybe(elem(bool)),
  objects: many(ObjectToDelete),
});
export type DeleteRequest = Infer<typeof DeleteRequest>;

/** An object that was deleted. */
export const DeletedObject = record('Deleted', {
  key: elem(text),
  versionId: maybe(elem(uuid)),
});
export type DeletedObject = Infer<typeof DeletedObject>;

/** An object that could not be deleted, and why. */
export const DeleteError = record('Error', {
  code: elem(text),
  key: elem(text),
  message: elem(text),
  versionId: maybe(elem(uuid)),
});
export type DeleteError = Infer<typeof DeleteError>;

/** What became of each object that was to be deleted. */
export const DeleteResult = record('DeleteResult', {
  deleted: many(DeletedObject),
  errors: many(DeleteError),
});
export type DeleteResult = Infer<typeof DeleteResult>;
