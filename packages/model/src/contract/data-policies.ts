import {
  AzureDataReplicationRule,
  ChecksumType,
  DataIsolationLevel,
  DataPersistenceRule,
  DataPersistenceRuleType,
  DataPlacementRuleState,
  DataPolicy,
  DataReplicationRuleType,
  Ds3DataReplicationRule,
  S3DataReplicationRule,
  S3InitialDataPlacementPolicy,
  VersioningLevel,
} from '../types/data-policy.ts';
import { Priority } from '../types/job.ts';
import { bool, byteCount, int, nameOrId, text } from '../wire/scalar.ts';
import { clearable, create, data, items, list, may, modify, need, on, paging, remove, show } from './define.ts';

const settings = {
  alwaysForcePutJobCreation: may(bool),
  alwaysMinimizeSpanningAcrossMedia: may(bool),
  blobbingEnabled: may(bool),
  checksumType: may(ChecksumType),
  defaultBlobSize: clearable(byteCount),
  defaultGetJobPriority: may(Priority),
  defaultPutJobPriority: may(Priority),
  defaultVerifyAfterWrite: may(bool),
  defaultVerifyJobPriority: may(Priority),
  endToEndCrcRequired: may(bool),
  maxVersionsToKeep: may(int),
  rebuildPriority: may(Priority),
  versioning: may(VersioningLevel),
};

/** How buckets keep data: policies and their rules. */
export const dataPolicies = {
  ...on('data_policy', {
    /** Data policies. SDK: GetDataPoliciesSpectraS3. */
    getDataPolicies: list({
      query: {
        alwaysForcePutJobCreation: may(bool),
        alwaysMinimizeSpanningAcrossMedia: may(bool),
        checksumType: may(ChecksumType),
        endToEndCrcRequired: may(bool),
        name: may(text),
        ...paging,
      },
      answer: items(DataPolicy),
      raises: ['NotFound'],
    }),

    /** One data policy. SDK: GetDataPolicySpectraS3. */
    getDataPolicy: show({ answer: data(DataPolicy), raises: ['NotFound'] }),

    /** Makes a data policy; it needs a persistence rule before buckets can use it. SDK: PutDataPolicySpectraS3. */
    putDataPolicy: create({
      query: { name: need(text), ...settings },
      answer: data(DataPolicy),
      raises: ['Conflict'],
    }),

    /** Changes a data policy, as far as the data kept under it allow. SDK: ModifyDataPolicySpectraS3. */
    modifyDataPolicy: modify({
      query: { name: may(text), ...settings },
      answer: data(DataPolicy),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Deletes a data policy that no bucket uses. SDK: DeleteDataPolicySpectraS3. */
    deleteDataPolicy: remove({ raises: ['Conflict', 'NotFound'] }),
  }),

  ...on('data_persistence_rule', {
    /** Data persistence rules. SDK: GetDataPersistenceRulesSpectraS3. */
    getDataPersistenceRules: list({
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

    /** One data persistence rule. SDK: GetDataPersistenceRuleSpectraS3. */
    getDataPersistenceRule: show({ answer: data(DataPersistenceRule), raises: ['NotFound'] }),

    /**
     * Has a data policy keep a copy in a storage domain; data that are there already are copied too.
     * SDK: PutDataPersistenceRuleSpectraS3.
     */
    putDataPersistenceRule: create({
      query: {
        dataPolicyId: need(nameOrId),
        isolationLevel: need(DataIsolationLevel),
        storageDomainId: need(nameOrId),
        type: need(DataPersistenceRuleType),
        minimumDaysToRetain: may(int),
      },
      answer: data(DataPersistenceRule),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Changes a data persistence rule. SDK: ModifyDataPersistenceRuleSpectraS3. */
    modifyDataPersistenceRule: modify({
      query: {
        isolationLevel: may(DataIsolationLevel),
        minimumDaysToRetain: clearable(int),
        type: may(DataPersistenceRuleType),
      },
      answer: data(DataPersistenceRule),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Has a data policy no longer keep a copy in a storage domain. SDK: DeleteDataPersistenceRuleSpectraS3. */
    deleteDataPersistenceRule: remove({ raises: ['NotFound'] }),
  }),

  ...on('azure_data_replication_rule', {
    /** Rules that keep a copy on an Azure target. SDK: GetAzureDataReplicationRulesSpectraS3. */
    getAzureDataReplicationRules: list({
      query: {
        dataPolicyId: may(nameOrId),
        replicateDeletes: may(bool),
        state: may(DataPlacementRuleState),
        targetId: may(nameOrId),
        type: may(DataReplicationRuleType),
        ...paging,
      },
      answer: items(AzureDataReplicationRule),
      raises: ['NotFound'],
    }),

    /** One rule that keeps a copy on an Azure target. SDK: GetAzureDataReplicationRuleSpectraS3. */
    getAzureDataReplicationRule: show({ answer: data(AzureDataReplicationRule), raises: ['NotFound'] }),

    /** Has a data policy keep a copy on an Azure target. SDK: PutAzureDataReplicationRuleSpectraS3. */
    putAzureDataReplicationRule: create({
      query: {
        dataPolicyId: need(nameOrId),
        targetId: need(nameOrId),
        type: need(DataReplicationRuleType),
        maxBlobPartSizeInBytes: may(byteCount),
        replicateDeletes: may(bool),
      },
      answer: data(AzureDataReplicationRule),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Changes a rule that keeps a copy on an Azure target. SDK: ModifyAzureDataReplicationRuleSpectraS3. */
    modifyAzureDataReplicationRule: modify({
      query: {
        maxBlobPartSizeInBytes: may(byteCount),
        replicateDeletes: may(bool),
        type: may(DataReplicationRuleType),
      },
      answer: data(AzureDataReplicationRule),
      raises: ['NotFound'],
    }),

    /** Has a data policy no longer keep a copy on an Azure target. SDK: DeleteAzureDataReplicationRuleSpectraS3. */
    deleteAzureDataReplicationRule: remove({ raises: ['NotFound'] }),
  }),

  ...on('ds3_data_replication_rule', {
    /** Rules that keep a copy on another DS3 system. SDK: GetDs3DataReplicationRulesSpectraS3. */
    getDs3DataReplicationRules: list({
      query: {
        dataPolicyId: may(nameOrId),
        replicateDeletes: may(bool),
        state: may(DataPlacementRuleState),
        targetId: may(nameOrId),
        type: may(DataReplicationRuleType),
        ...paging,
      },
      answer: items(Ds3DataReplicationRule),
      raises: ['NotFound'],
    }),

    /** One rule that keeps a copy on another DS3 system. SDK: GetDs3DataReplicationRuleSpectraS3. */
    getDs3DataReplicationRule: show({ answer: data(Ds3DataReplicationRule), raises: ['NotFound'] }),

    /** Has a data policy keep a copy on another DS3 system. SDK: PutDs3DataReplicationRuleSpectraS3. */
    putDs3DataReplicationRule: create({
      query: {
        dataPolicyId: need(nameOrId),
        targetId: need(nameOrId),
        type: need(DataReplicationRuleType),
        replicateDeletes: may(bool),
        targetDataPolicy: may(text),
      },
      answer: data(Ds3DataReplicationRule),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Changes a rule that keeps a copy on another DS3 system. SDK: ModifyDs3DataReplicationRuleSpectraS3. */
    modifyDs3DataReplicationRule: modify({
      query: { replicateDeletes: may(bool), targetDataPolicy: clearable(text), type: may(DataReplicationRuleType) },
      answer: data(Ds3DataReplicationRule),
      raises: ['NotFound'],
    }),

    /** Has a data policy no longer keep a copy on another DS3 system. SDK: DeleteDs3DataReplicationRuleSpectraS3. */
    deleteDs3DataReplicationRule: remove({ raises: ['NotFound'] }),
  }),

  ...on('s3_data_replication_rule', {
    /** Rules that keep a copy on an S3 target. SDK: GetS3DataReplicationRulesSpectraS3. */
    getS3DataReplicationRules: list({
      query: {
        dataPolicyId: may(nameOrId),
        initialDataPlacement: may(S3InitialDataPlacementPolicy),
        replicateDeletes: may(bool),
        state: may(DataPlacementRuleState),
        targetId: may(nameOrId),
        type: may(DataReplicationRuleType),
        ...paging,
      },
      answer: items(S3DataReplicationRule),
      raises: ['NotFound'],
    }),

    /** One rule that keeps a copy on an S3 target. SDK: GetS3DataReplicationRuleSpectraS3. */
    getS3DataReplicationRule: show({ answer: data(S3DataReplicationRule), raises: ['NotFound'] }),

    /** Has a data policy keep a copy on an S3 target. SDK: PutS3DataReplicationRuleSpectraS3. */
    putS3DataReplicationRule: create({
      query: {
        dataPolicyId: need(nameOrId),
        targetId: need(nameOrId),
        type: need(DataReplicationRuleType),
        initialDataPlacement: may(S3InitialDataPlacementPolicy),
        maxBlobPartSizeInBytes: may(byteCount),
        replicateDeletes: may(bool),
      },
      answer: data(S3DataReplicationRule),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Changes a rule that keeps a copy on an S3 target. SDK: ModifyS3DataReplicationRuleSpectraS3. */
    modifyS3DataReplicationRule: modify({
      query: {
        initialDataPlacement: may(S3InitialDataPlacementPolicy),
        maxBlobPartSizeInBytes: may(byteCount),
        replicateDeletes: may(bool),
        type: may(DataReplicationRuleType),
      },
      answer: data(S3DataReplicationRule),
      raises: ['NotFound'],
    }),

    /** Has a data policy no longer keep a copy on an S3 target. SDK: DeleteS3DataReplicationRuleSpectraS3. */
    deleteS3DataReplicationRule: remove({ raises: ['NotFound'] }),
  }),
};
