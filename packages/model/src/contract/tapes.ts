import { ImportConflictResolutionMode } from '../types/data-planner.ts';
import { Priority } from '../types/job.ts';
import { GetObjectList } from '../types/job-request.ts';
import { PlacedBlob } from '../types/placement.ts';
import { Quiesced } from '../types/quiesced.ts';
import {
  DetailedTapePartition,
  FailedTapes,
  ImportExportConfiguration,
  ReservedTaskType,
  Tape,
  TapeDensityDirective,
  TapeDrive,
  TapeDriveState,
  TapeDriveType,
  TapeFailure,
  TapeFailureType,
  TapeLibrary,
  TapePartition,
  TapePartitionFailure,
  TapePartitionFailureType,
  TapePartitionState,
  TapeRole,
  TapeState,
  TapeType,
} from '../types/tape.ts';
import { bool, byteCount, instant, int, nameOrId, text, uuid } from '../wire/scalar.ts';
import {
  bare,
  clearable,
  create,
  data,
  formerly,
  items,
  list,
  may,
  modify,
  modifyAll,
  need,
  needBare,
  on,
  paging,
  remove,
  show,
  xml,
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

const intoBucket = { bucketId: need(nameOrId), storageDomainId: may(nameOrId), taskPriority: may(Priority) };

const ofPartitions = {
  importExportConfiguration: may(ImportExportConfiguration),
  libraryId: may(nameOrId),
  name: may(text),
  quiesced: may(Quiesced),
  serialNumber: may(text),
  state: may(TapePartitionState),
};

/** Tapes, drives and libraries. */
export const tapes = {
  ...on('tape', {
    /** Tapes. SDK: GetTapesSpectraS3. */
    getTapes: list({
      query: {
        assignedToStorageDomain: may(bool),
        availableRawCapacity: clearable(byteCount),
        barCode: may(text),
        bucket: may(nameOrId),
        bucketId: clearable(nameOrId),
        ejectLabel: clearable(text),
        ejectLocation: clearable(text),
        fullOfData: may(bool),
        lastVerified: clearable(instant),
        partiallyVerifiedEndOfTape: clearable(instant),
        partition: may(nameOrId),
        partitionId: clearable(nameOrId),
        previousState: clearable(TapeState),
        serialNumber: clearable(text),
        sortBy: may(text),
        state: may(TapeState),
        storageDomain: formerly('storage_domain_id', may(nameOrId)),
        storageDomainMemberId: clearable(uuid),
        type: may(TapeType),
        verifyPending: clearable(Priority),
        writeProtected: may(bool),
        ...paging,
      },
      answer: items(Tape),
      raises: ['NotFound'],
    }),

    /** One tape. SDK: GetTapeSpectraS3. */
    getTape: show({ answer: data(Tape), raises: ['NotFound'] }),

    /** The blobs on a tape. SDK: GetBlobsOnTapeSpectraS3. */
    getBlobsOnTape: show({
      operation: 'get_physical_placement',
      query: paging,
      answer: items(PlacedBlob),
      raises: ['NotFound'],
    }),

    /** Notes where a tape is kept, or corrects its state or role. SDK: ModifyTapeSpectraS3. */
    modifyTape: modify({
      query: {
        allowRollback: may(bool),
        ejectLabel: clearable(text),
        ejectLocation: clearable(text),
        role: may(TapeRole),
        state: may(TapeState),
      },
      answer: data(Tape),
      raises: ['NotFound'],
    }),

    /** Cancels the ejection of a tape. SDK: CancelEjectTapeSpectraS3. */
    cancelEjectTape: modify({ operation: 'cancel_eject', answer: data(Tape), raises: ['NotFound'] }),

    /** Cancels the formatting of a tape. SDK: CancelFormatTapeSpectraS3. */
    cancelFormatTape: modify({ operation: 'cancel_format', answer: data(Tape), raises: ['NotFound'] }),

    /** Cancels the import of a tape. SDK: CancelImportTapeSpectraS3. */
    cancelImportTape: modify({ operation: 'cancel_import', answer: data(Tape), raises: ['NotFound'] }),

    /** Cancels bringing a tape online. SDK: CancelOnlineTapeSpectraS3. */
    cancelOnlineTape: modify({ operation: 'cancel_online', answer: data(Tape), raises: ['NotFound'] }),

    /** Cancels the verification of a tape. SDK: CancelVerifyTapeSpectraS3. */
    cancelVerifyTape: modify({ operation: 'cancel_verify', answer: data(Tape), raises: ['NotFound'] }),

    /** Ejects a tape and notes where it goes. SDK: EjectTapeSpectraS3. */
    ejectTape: modify({
      operation: 'eject',
      query: { ejectLabel: may(text), ejectLocation: may(text) },
      answer: data(Tape),
      raises: ['NotFound'],
    }),

    /** Formats a tape; its data are lost. SDK: FormatTapeSpectraS3. */
    formatTape: modify({
      operation: 'format',
      query: { characterize: bare, force: bare },
      answer: data(Tape),
      raises: ['NotFound'],
    }),

    /** Takes over the data of a foreign tape. SDK: ImportTapeSpectraS3. */
    importTape: modify({
      operation: 'import',
      query: takeOver,
      answer: data(Tape),
      raises: ['NotFound'],
    }),

    /** Takes over a tape that others wrote, its files as objects of a bucket. SDK: RawImportTapeSpectraS3. */
    rawImportTape: modify({
      operation: 'import',
      query: intoBucket,
      answer: data(Tape),
      raises: ['NotFound'],
    }),

    /** Reads what a tape holds. SDK: InspectTapeSpectraS3. */
    inspectTape: modify({
      operation: 'inspect',
      query: { taskPriority: may(Priority) },
      answer: data(Tape),
      raises: ['NotFound'],
    }),

    /** Has a tape's data moved off so that it can be written again. Not in 4.1. SDK: MarkTapeForCompactionSpectraS3. */
    markTapeForCompaction: modify({
      operation: 'mark_for_compaction',
      answer: data(Tape),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Brings a tape from its import/export slot. SDK: OnlineTapeSpectraS3. */
    onlineTape: modify({ operation: 'online', answer: data(Tape), raises: ['NotFound'] }),

    /** Reads back and checks all data on a tape. SDK: VerifyTapeSpectraS3. */
    verifyTape: modify({
      operation: 'verify',
      query: { taskPriority: may(Priority) },
      answer: data(Tape),
      raises: ['NotFound'],
    }),

    /** Cancels all ejections of tapes. SDK: CancelEjectOnAllTapesSpectraS3. */
    cancelEjectOnAllTapes: modifyAll({
      operation: 'cancel_eject',
      answer: data(FailedTapes),
      status: 207,
      orNothing: true,
    }),

    /** Cancels all formatting of tapes. SDK: CancelFormatOnAllTapesSpectraS3. */
    cancelFormatOnAllTapes: modifyAll({
      operation: 'cancel_format',
      answer: data(FailedTapes),
      status: 207,
      orNothing: true,
    }),

    /** Cancels all imports of tapes. SDK: CancelImportOnAllTapesSpectraS3. */
    cancelImportOnAllTapes: modifyAll({
      operation: 'cancel_import',
      answer: data(FailedTapes),
      status: 207,
      orNothing: true,
    }),

    /** Cancels bringing tapes online. SDK: CancelOnlineOnAllTapesSpectraS3. */
    cancelOnlineOnAllTapes: modifyAll({
      operation: 'cancel_online',
      answer: data(FailedTapes),
      status: 207,
      orNothing: true,
    }),

    /** Cancels all verifications of tapes. SDK: CancelVerifyOnAllTapesSpectraS3. */
    cancelVerifyOnAllTapes: modifyAll({
      operation: 'cancel_verify',
      answer: data(FailedTapes),
      status: 207,
      orNothing: true,
    }),

    /** Ejects all tapes. SDK: EjectAllTapesSpectraS3. */
    ejectAllTapes: modifyAll({
      operation: 'eject',
      query: { ejectLabel: may(text), ejectLocation: may(text) },
      answer: data(FailedTapes),
      status: 207,
      orNothing: true,
    }),

    /** Ejects the tapes of a storage domain, or those with data of one bucket. SDK: EjectStorageDomainSpectraS3. */
    ejectStorageDomain: modifyAll({
      operation: 'eject',
      query: {
        storageDomain: formerly('storage_domain_id', need(nameOrId)),
        bucketId: may(nameOrId),
        ejectLabel: may(text),
        ejectLocation: may(text),
      },
      answer: data(FailedTapes),
      status: 207,
      orNothing: true,
      raises: ['NotFound'],
    }),

    /** Ejects the tapes of a storage domain that hold the named objects. SDK: EjectStorageDomainBlobsSpectraS3. */
    ejectStorageDomainBlobs: modifyAll({
      operation: 'eject',
      query: {
        blobs: needBare,
        bucketId: need(nameOrId),
        storageDomain: formerly('storage_domain_id', need(nameOrId)),
        ejectLabel: may(text),
        ejectLocation: may(text),
      },
      body: xml(GetObjectList),
      raises: ['MalformedXML', 'NotFound'],
    }),

    /** Formats all tapes that can be; their data are lost. SDK: FormatAllTapesSpectraS3. */
    formatAllTapes: modifyAll({
      operation: 'format',
      query: { characterize: bare, force: bare },
      answer: data(FailedTapes),
      status: 207,
      orNothing: true,
    }),

    /** Takes over the data of all foreign tapes. SDK: ImportAllTapesSpectraS3. */
    importAllTapes: modifyAll({
      operation: 'import',
      query: takeOver,
      raises: ['NotFound'],
    }),

    /** Takes over all tapes that others wrote, their files as objects of a bucket. SDK: RawImportAllTapesSpectraS3. */
    rawImportAllTapes: modifyAll({
      operation: 'import',
      query: intoBucket,
      raises: ['NotFound'],
    }),

    /** Reads what all tapes hold. SDK: InspectAllTapesSpectraS3. */
    inspectAllTapes: modifyAll({
      operation: 'inspect',
      query: { taskPriority: may(Priority) },
      answer: data(FailedTapes),
      status: 207,
      orNothing: true,
    }),

    /** Brings all tapes from their import/export slots. SDK: OnlineAllTapesSpectraS3. */
    onlineAllTapes: modifyAll({ operation: 'online', answer: data(FailedTapes), status: 207, orNothing: true }),

    /** Reads back and checks all data on all tapes. SDK: VerifyAllTapesSpectraS3. */
    verifyAllTapes: modifyAll({
      operation: 'verify',
      query: { taskPriority: may(Priority) },
      answer: data(FailedTapes),
      status: 207,
      orNothing: true,
    }),

    /** Forgets a tape that will not come back. SDK: DeletePermanentlyLostTapeSpectraS3. */
    deletePermanentlyLostTape: remove({ raises: ['Conflict', 'NotFound'] }),
  }),

  ...on('tape_drive', {
    /** Tape drives. SDK: GetTapeDrivesSpectraS3. */
    getTapeDrives: list({
      query: {
        minimumTaskPriority: clearable(Priority),
        partitionId: may(nameOrId),
        reservedTaskType: may(ReservedTaskType),
        serialNumber: may(text),
        state: may(TapeDriveState),
        type: may(TapeDriveType),
        ...paging,
      },
      answer: items(TapeDrive),
      raises: ['NotFound'],
    }),

    /** One tape drive. SDK: GetTapeDriveSpectraS3. */
    getTapeDrive: show({ answer: data(TapeDrive), raises: ['NotFound'] }),

    /** Keeps a tape drive out of use, or for some work only. SDK: ModifyTapeDriveSpectraS3. */
    modifyTapeDrive: modify({
      query: {
        maxFailedTapes: clearable(int),
        minimumTaskPriority: clearable(Priority),
        quiesced: may(Quiesced),
        reservedTaskType: may(ReservedTaskType),
      },
      answer: data(TapeDrive),
      raises: ['NotFound'],
    }),

    /** Cancels the test of a tape drive. Not in 4.1. SDK: CancelTestTapeDriveSpectraS3. */
    cancelTestTapeDrive: modify({ operation: 'cancel_test', answer: data(TapeDrive), raises: ['NotFound'] }),

    /** Cleans a tape drive. SDK: CleanTapeDriveSpectraS3. */
    cleanTapeDrive: modify({ operation: 'clean', answer: data(TapeDrive), raises: ['NotFound'] }),

    /** Has a tape drive write down its state for its maker. Not in 4.1. SDK: PutDriveDumpSpectraS3. */
    putDriveDump: modify({ operation: 'dump', answer: data(TapeDrive), raises: ['NotFound'] }),

    /** Tests a tape drive with a test tape. Not in 4.1. SDK: TestTapeDriveSpectraS3. */
    testTapeDrive: modify({
      operation: 'test',
      query: { skipClean: bare, tapeId: may(nameOrId) },
      answer: data(TapeDrive),
      raises: ['NotFound'],
    }),

    /** Forgets a tape drive that is offline. SDK: DeleteTapeDriveSpectraS3. */
    deleteTapeDrive: remove({ raises: ['NotFound'] }),
  }),

  ...on('tape_partition', {
    /** Tape partitions. SDK: GetTapePartitionsSpectraS3. */
    getTapePartitions: list({
      query: { ...ofPartitions, ...paging },
      answer: items(TapePartition),
      raises: ['NotFound'],
    }),

    /** Tape partitions with what is in them. SDK: GetTapePartitionsWithFullDetailsSpectraS3. */
    getTapePartitionsWithFullDetails: list({
      query: { fullDetails: needBare, ...ofPartitions, ...paging },
      answer: items(DetailedTapePartition),
      raises: ['NotFound'],
    }),

    /** One tape partition. SDK: GetTapePartitionSpectraS3. */
    getTapePartition: show({ answer: data(TapePartition), raises: ['NotFound'] }),

    /** One tape partition with what is in it. SDK: GetTapePartitionWithFullDetailsSpectraS3. */
    getTapePartitionWithFullDetails: show({
      query: { fullDetails: needBare },
      answer: data(DetailedTapePartition),
      raises: ['NotFound'],
    }),

    /** Changes a tape partition. SDK: ModifyTapePartitionSpectraS3. */
    modifyTapePartition: modify({
      query: {
        autoCompactionEnabled: may(bool),
        autoQuiesceEnabled: may(bool),
        driveIdleTimeoutInMinutes: clearable(int),
        minimumReadReservedDrives: may(int),
        minimumWriteReservedDrives: may(int),
        quiesced: may(Quiesced),
        serialNumber: may(text),
      },
      answer: data(TapePartition),
      raises: ['NotFound'],
    }),

    /** Keeps all tape partitions out of use, or puts them back. SDK: ModifyAllTapePartitionsSpectraS3. */
    modifyAllTapePartitions: modifyAll({ query: { quiesced: need(Quiesced) }, raises: ['Conflict'] }),

    /** Forgets a tape partition that is offline. SDK: DeleteTapePartitionSpectraS3. */
    deleteTapePartition: remove({ raises: ['Conflict', 'NotFound'] }),
  }),

  ...on('tape_library', {
    /** Tape libraries. SDK: GetTapeLibrariesSpectraS3. */
    getTapeLibraries: list({
      query: { managementUrl: may(text), name: may(text), serialNumber: may(text), ...paging },
      answer: items(TapeLibrary),
      raises: ['NotFound'],
    }),

    /** One tape library. SDK: GetTapeLibrarySpectraS3. */
    getTapeLibrary: show({ answer: data(TapeLibrary), raises: ['NotFound'] }),
  }),

  ...on('tape_environment', {
    /** Looks for tapes and drives that came or went now. SDK: ForceTapeEnvironmentRefreshSpectraS3. */
    forceTapeEnvironmentRefresh: modifyAll({}),
  }),

  ...on('tape_density_directive', {
    /** Tape density directives. SDK: GetTapeDensityDirectivesSpectraS3. */
    getTapeDensityDirectives: list({
      query: { density: may(TapeDriveType), partitionId: may(nameOrId), tapeType: may(TapeType), ...paging },
      answer: items(TapeDensityDirective),
      raises: ['NotFound'],
    }),

    /** One tape density directive. SDK: GetTapeDensityDirectiveSpectraS3. */
    getTapeDensityDirective: show({ answer: data(TapeDensityDirective), raises: ['NotFound'] }),

    /** Has tapes of one type in a partition formatted with one density. SDK: PutTapeDensityDirectiveSpectraS3. */
    putTapeDensityDirective: create({
      query: { density: need(TapeDriveType), partitionId: need(nameOrId), tapeType: need(TapeType) },
      answer: data(TapeDensityDirective),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Leaves the density to the system again. SDK: DeleteTapeDensityDirectiveSpectraS3. */
    deleteTapeDensityDirective: remove({ raises: ['NotFound'] }),
  }),

  ...on('tape_failure', {
    /** What went wrong with tapes, newest first. SDK: GetTapeFailuresSpectraS3. */
    getTapeFailures: list({
      query: {
        errorMessage: clearable(text),
        tapeDriveId: may(nameOrId),
        tapeId: may(nameOrId),
        type: may(TapeFailureType),
        ...paging,
      },
      answer: items(TapeFailure),
      raises: ['NotFound'],
    }),

    /** Forgets that something went wrong with a tape. SDK: DeleteTapeFailureSpectraS3. */
    deleteTapeFailure: remove({ raises: ['NotFound'] }),
  }),

  ...on('tape_partition_failure', {
    /** What went wrong with tape partitions, newest first. SDK: GetTapePartitionFailuresSpectraS3. */
    getTapePartitionFailures: list({
      query: {
        errorMessage: clearable(text),
        partitionId: may(nameOrId),
        type: may(TapePartitionFailureType),
        ...paging,
      },
      answer: items(TapePartitionFailure),
      raises: ['NotFound'],
    }),

    /** Forgets that something went wrong with a tape partition. SDK: DeleteTapePartitionFailureSpectraS3. */
    deleteTapePartitionFailure: remove({ raises: ['NotFound'] }),
  }),
};
