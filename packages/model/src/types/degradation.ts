import { instant, int, uuid } from '../wire/scalar.ts';
import { elem, type Infer, many, nullable, record } from '../wire/shape.ts';

/** Names some suspect blobs: the `id` of each as listed, which is not the id of the blob. */
export const Ids = record('Ids', { ids: many(uuid, 'Id') });
export type Ids = Infer<typeof Ids>;

const onTarget = { blobId: elem(uuid), id: elem(uuid), targetId: elem(uuid) };

/** A blob that could not be read from an Azure target. */
export const SuspectBlobAzureTarget = record('SuspectBlobAzureTarget', onTarget);
export type SuspectBlobAzureTarget = Infer<typeof SuspectBlobAzureTarget>;

/** A blob that could not be read from another DS3 system. */
export const SuspectBlobDs3Target = record('SuspectBlobDs3Target', onTarget);
export type SuspectBlobDs3Target = Infer<typeof SuspectBlobDs3Target>;

/** A blob that could not be read from a pool. */
export const SuspectBlobPool = record('SuspectBlobPool', {
  blobId: elem(uuid),
  bucketId: elem(uuid),
  dateWritten: elem(instant),
  id: elem(uuid),
  lastAccessed: elem(instant),
  poolId: elem(uuid),
});
export type SuspectBlobPool = Infer<typeof SuspectBlobPool>;

/** A blob that could not be read from an S3 target. */
export const SuspectBlobS3Target = record('SuspectBlobS3Target', onTarget);
export type SuspectBlobS3Target = Infer<typeof SuspectBlobS3Target>;

/** A blob that could not be read from a tape. */
export const SuspectBlobTape = record('SuspectBlobTape', {
  blobId: elem(uuid),
  id: elem(uuid),
  orderIndex: elem(int),
  tapeId: elem(uuid),
});
export type SuspectBlobTape = Infer<typeof SuspectBlobTape>;

/** A blob of which a copy is missing; one of the rule ids says which. */
export const DegradedBlob = record('DegradedBlob', {
  azureReplicationRuleId: nullable(elem(uuid)),
  blobId: elem(uuid),
  bucketId: elem(uuid),
  ds3ReplicationRuleId: nullable(elem(uuid)),
  id: elem(uuid),
  persistenceRuleId: nullable(elem(uuid)),
  s3ReplicationRuleId: nullable(elem(uuid)),
});
export type DegradedBlob = Infer<typeof DegradedBlob>;
