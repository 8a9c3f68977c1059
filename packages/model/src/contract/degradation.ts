import { Bucket } from '../types/bucket.ts';
import {
  AzureDataReplicationRule,
  DataIsolationLevel,
  DataPersistenceRule,
  DataPersistenceRuleType,
  DataPlacementRuleState,
  DataReplicationRuleType,
  Ds3DataReplicationRule,
  S3DataReplicationRule,
} from '../types/data-policy.ts';
import {
  DegradedBlob,
  Ids,
  SuspectBlobAzureTarget,
  SuspectBlobDs3Target,
  SuspectBlobPool,
  SuspectBlobS3Target,
  SuspectBlobTape,
} from '../types/degradation.ts';
import { S3Object } from '../types/object.ts';
import { PlacedBlob } from '../types/placement.ts';
import { nameOrId, text, uuid } from '../wire/scalar.ts';
import { bare, formerly, items, list, may, maybeXml, modifyAll, needBare, on, paging, removeAll } from './define.ts';

const ofBuckets = { dataPolicyId: may(nameOrId), name: may(text), userId: may(nameOrId), ...paging };
const ofReplicationRules = {
  dataPolicyId: may(nameOrId),
  state: may(DataPlacementRuleState),
  targetId: may(nameOrId),
  type: may(DataReplicationRuleType),
  ...paging,
};

/** Has the named suspect blobs, or with `force` all of them, copied anew from where they can still be read. */
const markAsDegraded = modifyAll({
  query: { force: bare },
  body: maybeXml(Ids),
  raises: ['MalformedXML', 'NotFound'],
});

/** Takes the named suspect blobs, or with `force` all of them, for good again. */
const clearSuspects = removeAll({
  query: { force: bare },
  body: maybeXml(Ids),
  raises: ['Conflict', 'MalformedXML', 'NotFound'],
});

/**
 * Data that could not be read from where they should be (suspect), and copies that are missing (degraded). The SDK
 * request of each row is its name with a capital and `SpectraS3`.
 */
export const degradation = {
  ...on('suspect_blob_azure_target', {
    /** Blobs that could not be read from Azure targets. SDK: GetSuspectBlobAzureTargetsSpectraS3. */
    getSuspectBlobAzureTargets: list({
      query: { blobId: may(uuid), targetId: may(nameOrId), ...paging },
      answer: items(SuspectBlobAzureTarget),
      raises: ['NotFound'],
    }),
    markSuspectBlobAzureTargetsAsDegraded: markAsDegraded,
    clearSuspectBlobAzureTargets: clearSuspects,
  }),

  ...on('suspect_blob_ds3_target', {
    /** Blobs that could not be read from other DS3 systems. SDK: GetSuspectBlobDs3TargetsSpectraS3. */
    getSuspectBlobDs3Targets: list({
      query: { blobId: may(uuid), targetId: may(nameOrId), ...paging },
      answer: items(SuspectBlobDs3Target),
      raises: ['NotFound'],
    }),
    markSuspectBlobDs3TargetsAsDegraded: markAsDegraded,
    clearSuspectBlobDs3Targets: clearSuspects,
  }),

  ...on('suspect_blob_pool', {
    /** Blobs that could not be read from pools. SDK: GetSuspectBlobPoolsSpectraS3. */
    getSuspectBlobPools: list({
      query: { blobId: may(uuid), poolId: may(nameOrId), ...paging },
      answer: items(SuspectBlobPool),
      raises: ['NotFound'],
    }),
    markSuspectBlobPoolsAsDegraded: markAsDegraded,
    clearSuspectBlobPools: clearSuspects,
  }),

  ...on('suspect_blob_s3_target', {
    /** Blobs that could not be read from S3 targets. SDK: GetSuspectBlobS3TargetsSpectraS3. */
    getSuspectBlobS3Targets: list({
      query: { blobId: may(uuid), targetId: may(nameOrId), ...paging },
      answer: items(SuspectBlobS3Target),
      raises: ['NotFound'],
    }),
    markSuspectBlobS3TargetsAsDegraded: markAsDegraded,
    clearSuspectBlobS3Targets: clearSuspects,
  }),

  ...on('suspect_blob_tape', {
    /** Blobs that could not be read from tapes. SDK: GetSuspectBlobTapesSpectraS3. */
    getSuspectBlobTapes: list({
      query: { blobId: may(uuid), tapeId: may(nameOrId), ...paging },
      answer: items(SuspectBlobTape),
      raises: ['NotFound'],
    }),
    markSuspectBlobTapesAsDegraded: markAsDegraded,
    clearSuspectBlobTapes: clearSuspects,
  }),

  ...on('suspect_bucket', {
    /** Buckets with suspect blobs. SDK: GetSuspectBucketsSpectraS3. */
    getSuspectBuckets: list({ query: ofBuckets, answer: items(Bucket), raises: ['NotFound'] }),
  }),

  ...on('suspect_object', {
    /** Objects with suspect blobs. SDK: GetSuspectObjectsSpectraS3. */
    getSuspectObjects: list({
      query: { bucketId: may(nameOrId), ...paging },
      answer: items(S3Object),
      raises: ['NotFound'],
    }),

    /** Suspect blobs and where they are. SDK: GetSuspectObjectsWithFullDetailsSpectraS3. */
    getSuspectObjectsWithFullDetails: list({
      query: {
        fullDetails: needBare,
        bucketId: may(nameOrId),
        storageDomain: formerly('storage_domain_id', may(nameOrId)),
      },
      answer: items(PlacedBlob),
      raises: ['NoSuchBucket'],
    }),
  }),

  ...on('degraded_blob', {
    /** Blobs of which a copy is missing. SDK: GetDegradedBlobsSpectraS3. */
    getDegradedBlobs: list({
      query: {
        blobId: may(uuid),
        bucketId: may(nameOrId),
        ds3ReplicationRuleId: may(uuid),
        persistenceRuleId: may(uuid),
        ...paging,
      },
      answer: items(DegradedBlob),
      raises: ['NotFound'],
    }),
  }),

  ...on('degraded_bucket', {
    /** Buckets with blobs of which a copy is missing. SDK: GetDegradedBucketsSpectraS3. */
    getDegradedBuckets: list({ query: ofBuckets, answer: items(Bucket), raises: ['NotFound'] }),
  }),

  ...on('degraded_data_persistence_rule', {
    /** Data persistence rules that owe a copy. SDK: GetDegradedDataPersistenceRulesSpectraS3. */
    getDegradedDataPersistenceRules: list({
      query: {
        dataPolicyId: may(nameOrId),
        isolationLevel: may(DataIsolationLevel),
        state: may(DataPlacementRuleState),
        storageDomainId: may(nameOrId),
        type: may(DataPersistenceRuleType),
        ...paging,
      },
      answer: items(DataPersistenceRule),
      raises: ['NotFound'],
    }),
  }),

  ...on('degraded_azure_data_replication_rule', {
    /** Rules that owe a copy on an Azure target. SDK: GetDegradedAzureDataReplicationRulesSpectraS3. */
    getDegradedAzureDataReplicationRules: list({
      query: ofReplicationRules,
      answer: items(AzureDataReplicationRule),
      raises: ['NotFound'],
    }),
  }),

  ...on('degraded_ds3_data_replication_rule', {
    /** Rules that owe a copy on another DS3 system. SDK: GetDegradedDs3DataReplicationRulesSpectraS3. */
    getDegradedDs3DataReplicationRules: list({
      query: ofReplicationRules,
      answer: items(Ds3DataReplicationRule),
      raises: ['NotFound'],
    }),
  }),

  ...on('degraded_s3_data_replication_rule', {
    /** Rules that owe a copy on an S3 target. SDK: GetDegradedS3DataReplicationRulesSpectraS3. */
    getDegradedS3DataReplicationRules: list({
      query: ofReplicationRules,
      answer: items(S3DataReplicationRule),
      raises: ['NotFound'],
    }),
  }),
};
