import { Priority } from '../types/job.ts';
import {
  LtfsFileNamingMode,
  StorageDomain,
  StorageDomainFailure,
  StorageDomainFailureType,
  StorageDomainMember,
  StorageDomainMemberState,
  WriteOptimization,
  WritePreferenceLevel,
} from '../types/storage-domain.ts';
import { TapeType } from '../types/tape.ts';
import { bool, int, long, nameOrId, text } from '../wire/scalar.ts';
import { clearable, create, data, items, list, may, modify, need, on, paging, remove, show } from './define.ts';

const settings = {
  autoEjectMediaFullThreshold: clearable(long),
  autoEjectUponCron: clearable(text),
  autoEjectUponJobCancellation: may(bool),
  autoEjectUponJobCompletion: may(bool),
  autoEjectUponMediaFull: may(bool),
  ltfsFileNaming: may(LtfsFileNamingMode),
  maxTapeFragmentationPercent: may(int),
  maximumAutoVerificationFrequencyInDays: clearable(int),
  mediaEjectionAllowed: may(bool),
  secureMediaAllocation: may(bool),
  verifyPriorToAutoEject: clearable(Priority),
  writeOptimization: may(WriteOptimization),
};

/** Storage domains and their members. */
export const storageDomains = {
  ...on('storage_domain', {
    /** Storage domains. SDK: GetStorageDomainsSpectraS3. */
    getStorageDomains: list({
      query: {
        autoEjectUponCron: clearable(text),
        autoEjectUponJobCancellation: may(bool),
        autoEjectUponJobCompletion: may(bool),
        autoEjectUponMediaFull: may(bool),
        mediaEjectionAllowed: may(bool),
        name: may(text),
        secureMediaAllocation: may(bool),
        writeOptimization: may(WriteOptimization),
        ...paging,
      },
      answer: items(StorageDomain),
      raises: ['NotFound'],
    }),

    /** One storage domain. SDK: GetStorageDomainSpectraS3. */
    getStorageDomain: show({ answer: data(StorageDomain), raises: ['NotFound'] }),

    /** Makes a storage domain without members. SDK: PutStorageDomainSpectraS3. */
    putStorageDomain: create({
      query: { name: need(text), ...settings },
      answer: data(StorageDomain),
      raises: ['Conflict'],
    }),

    /** Hands the data of a storage domain over to another DS3 system. SDK: ConvertStorageDomainToDs3TargetSpectraS3. */
    convertStorageDomainToDs3Target: modify({
      query: { convertToDs3Target: need(nameOrId) },
      status: 204,
      raises: ['NotFound'],
    }),

    /** Changes a storage domain. SDK: ModifyStorageDomainSpectraS3. */
    modifyStorageDomain: modify({
      query: { name: may(text), ...settings },
      answer: data(StorageDomain),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Deletes a storage domain that no rule uses. SDK: DeleteStorageDomainSpectraS3. */
    deleteStorageDomain: remove({ raises: ['Conflict', 'NotFound'] }),
  }),

  ...on('storage_domain_member', {
    /** Storage domain members. SDK: GetStorageDomainMembersSpectraS3. */
    getStorageDomainMembers: list({
      query: {
        poolPartitionId: clearable(nameOrId),
        state: may(StorageDomainMemberState),
        storageDomainId: may(nameOrId),
        tapePartitionId: clearable(nameOrId),
        tapeType: clearable(TapeType),
        writePreference: may(WritePreferenceLevel),
        ...paging,
      },
      answer: items(StorageDomainMember),
      raises: ['NotFound'],
    }),

    /** One storage domain member. SDK: GetStorageDomainMemberSpectraS3. */
    getStorageDomainMember: show({ answer: data(StorageDomainMember), raises: ['NotFound'] }),

    /** Adds a pool partition to a storage domain. SDK: PutPoolStorageDomainMemberSpectraS3. */
    putPoolStorageDomainMember: create({
      query: {
        poolPartitionId: need(nameOrId),
        storageDomainId: need(nameOrId),
        writePreference: may(WritePreferenceLevel),
      },
      answer: data(StorageDomainMember),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Adds the tapes of one type in a tape partition to a storage domain. SDK: PutTapeStorageDomainMemberSpectraS3. */
    putTapeStorageDomainMember: create({
      query: {
        storageDomainId: need(nameOrId),
        tapePartitionId: need(nameOrId),
        tapeType: need(TapeType),
        autoCompactionThreshold: may(int),
        writePreference: may(WritePreferenceLevel),
      },
      answer: data(StorageDomainMember),
      raises: ['NotFound'],
    }),

    /** Changes a storage domain member, or has it excluded. SDK: ModifyStorageDomainMemberSpectraS3. */
    modifyStorageDomainMember: modify({
      query: {
        autoCompactionThreshold: clearable(int),
        state: may(StorageDomainMemberState),
        writePreference: may(WritePreferenceLevel),
      },
      answer: data(StorageDomainMember),
      raises: ['NotFound'],
    }),

    /** Takes a member without data out of its storage domain. SDK: DeleteStorageDomainMemberSpectraS3. */
    deleteStorageDomainMember: remove({ raises: ['Conflict', 'NotFound'] }),
  }),

  ...on('storage_domain_failure', {
    /** What went wrong with storage domains, newest first. SDK: GetStorageDomainFailuresSpectraS3. */
    getStorageDomainFailures: list({
      query: {
        errorMessage: clearable(text),
        storageDomainId: may(nameOrId),
        type: may(StorageDomainFailureType),
        ...paging,
      },
      answer: items(StorageDomainFailure),
      raises: ['NotFound'],
    }),

    /** Forgets that something went wrong with a storage domain. SDK: DeleteStorageDomainFailureSpectraS3. */
    deleteStorageDomainFailure: remove({ raises: ['NotFound'] }),
  }),
};
