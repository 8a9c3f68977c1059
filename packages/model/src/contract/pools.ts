import { ImportConflictResolutionMode } from '../types/data-planner.ts';
import { Priority } from '../types/job.ts';
import { PlacedBlob } from '../types/placement.ts';
import { Pool, PoolFailure, PoolFailureType, PoolHealth, PoolPartition, PoolState, PoolType } from '../types/pool.ts';
import { Quiesced } from '../types/quiesced.ts';
import { bool, instant, nameOrId, text, uuid } from '../wire/scalar.ts';
import {
  clearable,
  create,
  data,
  items,
  list,
  may,
  modify,
  modifyAll,
  need,
  on,
  paging,
  remove,
  show,
} from './define.ts';

/** Whose the data become, by which data policy they are kept, and whether they are checked. */
const takeOver = {
  conflictResolutionMode: may(ImportConflictResolutionMode),
  dataPolicyId: may(nameOrId),
  priority: may(Priority),
  storageDomainId: may(nameOrId),
  userId: may(nameOrId),
  verifyDataAfterImport: may(Priority),
  verifyDataPriorToImport: may(bool),
};

/** Disk pools. */
export const pools = {
  ...on('pool', {
    /** Disk pools. SDK: GetPoolsSpectraS3. */
    getPools: list({
      query: {
        assignedToStorageDomain: may(bool),
        bucketId: clearable(nameOrId),
        guid: may(text),
        health: may(PoolHealth),
        lastVerified: clearable(instant),
        name: may(text),
        partitionId: clearable(nameOrId),
        poweredOn: may(bool),
        state: may(PoolState),
        storageDomainId: clearable(nameOrId),
        storageDomainMemberId: clearable(uuid),
        type: may(PoolType),
        ...paging,
      },
      answer: items(Pool),
      raises: ['NotFound'],
    }),

    /** One disk pool. SDK: GetPoolSpectraS3. */
    getPool: show({ answer: data(Pool), raises: ['NotFound'] }),

    /** The blobs on a pool. SDK: GetBlobsOnPoolSpectraS3. */
    getBlobsOnPool: show({ operation: 'get_physical_placement', answer: items(PlacedBlob), raises: ['NotFound'] }),

    /** Puts a pool into a partition, or keeps it out of use. SDK: ModifyPoolSpectraS3. */
    modifyPool: modify({
      query: { partitionId: clearable(nameOrId), quiesced: may(Quiesced) },
      answer: data(Pool),
      raises: ['NotFound'],
    }),

    /** Cancels the import of a pool. SDK: CancelImportPoolSpectraS3. */
    cancelImportPool: modify({ operation: 'cancel_import', answer: data(Pool), raises: ['NotFound'] }),

    /** Cancels the verification of a pool. SDK: CancelVerifyPoolSpectraS3. */
    cancelVerifyPool: modify({ operation: 'cancel_verify', answer: data(Pool), raises: ['NotFound'] }),

    /** Frees the space of deleted blobs on a pool. SDK: CompactPoolSpectraS3. */
    compactPool: modify({
      operation: 'compact',
      query: { priority: may(Priority) },
      answer: data(Pool),
      raises: ['NotFound'],
    }),

    /** Takes a pool without data out of its storage domain. SDK: DeallocatePoolSpectraS3. */
    deallocatePool: modify({ operation: 'deallocate', status: 204, raises: ['Conflict', 'NotFound'] }),

    /** Formats a pool of another system; its data are lost. SDK: FormatForeignPoolSpectraS3. */
    formatForeignPool: modify({ operation: 'format', answer: data(Pool), raises: ['Conflict', 'NotFound'] }),

    /** Takes over the data of a foreign pool. SDK: ImportPoolSpectraS3. */
    importPool: modify({
      operation: 'import',
      query: takeOver,
      answer: data(Pool),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Reads back and checks all data on a pool. SDK: VerifyPoolSpectraS3. */
    verifyPool: modify({
      operation: 'verify',
      query: { priority: may(Priority) },
      answer: data(Pool),
      raises: ['NotFound'],
    }),

    /** Keeps all pools out of use, or puts them back. SDK: ModifyAllPoolsSpectraS3. */
    modifyAllPools: modifyAll({ query: { quiesced: need(Quiesced) }, raises: ['Conflict'] }),

    /** Cancels all imports of pools. SDK: CancelImportOnAllPoolsSpectraS3. */
    cancelImportOnAllPools: modifyAll({ operation: 'cancel_import' }),

    /** Cancels all verifications of pools. SDK: CancelVerifyOnAllPoolsSpectraS3. */
    cancelVerifyOnAllPools: modifyAll({ operation: 'cancel_verify' }),

    /** Frees the space of deleted blobs on all pools. SDK: CompactAllPoolsSpectraS3. */
    compactAllPools: modifyAll({ operation: 'compact', query: { priority: may(Priority) } }),

    /** Formats all pools of other systems; their data are lost. SDK: FormatAllForeignPoolsSpectraS3. */
    formatAllForeignPools: modifyAll({ operation: 'format' }),

    /** Takes over the data of all foreign pools. SDK: ImportAllPoolsSpectraS3. */
    importAllPools: modifyAll({
      operation: 'import',
      query: takeOver,
      raises: ['NotFound'],
    }),

    /** Reads back and checks all data on all pools. SDK: VerifyAllPoolsSpectraS3. */
    verifyAllPools: modifyAll({ operation: 'verify', query: { priority: may(Priority) } }),

    /** Forgets a pool that will not come back. SDK: DeletePermanentlyLostPoolSpectraS3. */
    deletePermanentlyLostPool: remove({ raises: ['Conflict', 'NotFound'] }),
  }),

  ...on('pool_partition', {
    /** Pool partitions. SDK: GetPoolPartitionsSpectraS3. */
    getPoolPartitions: list({
      query: { name: may(text), type: may(PoolType), ...paging },
      answer: items(PoolPartition),
      raises: ['NotFound'],
    }),

    /** One pool partition. SDK: GetPoolPartitionSpectraS3. */
    getPoolPartition: show({ answer: data(PoolPartition), raises: ['NotFound'] }),

    /** Makes a pool partition; it needs no pools. SDK: PutPoolPartitionSpectraS3. */
    putPoolPartition: create({
      query: { name: need(text), type: need(PoolType) },
      answer: data(PoolPartition),
      raises: ['Conflict'],
    }),

    /** Renames a pool partition. SDK: ModifyPoolPartitionSpectraS3. */
    modifyPoolPartition: modify({
      query: { name: may(text) },
      answer: data(PoolPartition),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Deletes a pool partition. SDK: DeletePoolPartitionSpectraS3. */
    deletePoolPartition: remove({ raises: ['Conflict', 'NotFound'] }),
  }),

  ...on('pool_environment', {
    /** Looks for pools that came or went now. SDK: ForcePoolEnvironmentRefreshSpectraS3. */
    forcePoolEnvironmentRefresh: modifyAll({}),
  }),

  ...on('pool_failure', {
    /** What went wrong with pools, newest first. SDK: GetPoolFailuresSpectraS3. */
    getPoolFailures: list({
      query: { errorMessage: clearable(text), poolId: may(nameOrId), type: may(PoolFailureType), ...paging },
      answer: items(PoolFailure),
      raises: ['NotFound'],
    }),

    /** Forgets that something went wrong with a pool. SDK: DeletePoolFailureSpectraS3. */
    deletePoolFailure: remove({ raises: ['NotFound'] }),
  }),
};
