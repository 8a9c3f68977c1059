import { bool, byteCount, instant, long, oneOf, type ScalarValue, text, uuid } from '../wire/scalar.ts';
import { elem, type Infer, maybe, nullable, record } from '../wire/shape.ts';

/** A bucket: who owns it and by which data policy its objects are kept. */
export const Bucket = record('Bucket', {
  creationDate: elem(instant),
  dataPolicyId: elem(uuid),
  /** Computed; a listing may leave it out. */
  empty: maybe(elem(bool)),
  id: elem(uuid),
  /** The chunk size that jobs of this bucket were last planned with. */
  lastPreferredChunkSizeInBytes: nullable(elem(byteCount)),
  /** Bytes of all objects, each counted once whatever the number of copies. Computed; a listing may leave it out. */
  logicalUsedCapacity: maybe(elem(byteCount)),
  name: elem(text),
  /** Neither the bucket nor its objects can be deleted while set. Not in 4.1. */
  protected: maybe(elem(bool)),
  userId: elem(uuid),
});
export type Bucket = Infer<typeof Bucket>;

/** What happened to an object. */
export const BucketHistoryEventType = oneOf('BucketHistoryEventType', [
  'DELETE',
  'MARK_LATEST',
  'UNMARK_LATEST',
  'CREATE',
]);
export type BucketHistoryEventType = ScalarValue<typeof BucketHistoryEventType>;

/** One change to the objects of a bucket. Not in 4.1. */
export const BucketHistoryEvent = record('BucketHistoryEvent', {
  bucketId: elem(uuid),
  id: elem(uuid),
  objectCreationDate: nullable(elem(instant)),
  objectName: elem(text),
  /** Ever increasing within a system; a reader goes on after the last one it saw. */
  sequenceNumber: elem(long),
  type: elem(BucketHistoryEventType),
  /** The id of the object, which is one version of its name. */
  versionId: elem(uuid),
});
export type BucketHistoryEvent = Infer<typeof BucketHistoryEvent>;
