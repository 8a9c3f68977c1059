import {
  AutoInspectMode,
  BlobStoreTasksInformation,
  DataPathBackend,
  ImportConflictResolutionMode,
  UnavailableMediaUsagePolicy,
} from '../types/data-planner.ts';
import { Priority } from '../types/job.ts';
import { bool, double, int, uuid } from '../wire/scalar.ts';
import { bare, clearable, data, list, may, modifyAll, on } from './define.ts';

/** The background work and the settings of the whole system. */
export const dataPlanner = {
  ...on('data_path_backend', {
    /** The settings of the whole system. SDK: GetDataPathBackendSpectraS3. */
    getDataPathBackend: list({ answer: data(DataPathBackend) }),

    /** Changes settings of the whole system. SDK: ModifyDataPathBackendSpectraS3. */
    modifyDataPathBackend: modifyAll({
      query: {
        activated: may(bool),
        allowNewJobRequests: may(bool),
        alwaysRollback: may(bool),
        autoActivateTimeoutInMins: clearable(int),
        autoInspect: may(AutoInspectMode),
        cacheAvailableRetryAfterInSeconds: may(int),
        defaultImportConflictResolutionMode: may(ImportConflictResolutionMode),
        defaultVerifyDataAfterImport: clearable(Priority),
        defaultVerifyDataPriorToImport: may(bool),
        iomCacheLimitationPercent: may(double),
        iomEnabled: may(bool),
        maxAggregatedBlobsPerChunk: may(int),
        maxNumberOfConcurrentJobs: may(int),
        partiallyVerifyLastPercentOfTapes: clearable(int),
        poolSafetyEnabled: may(bool),
        unavailableMediaPolicy: may(UnavailableMediaUsagePolicy),
        unavailablePoolMaxJobRetryInMins: may(int),
        unavailableTapePartitionMaxJobRetryInMins: may(int),
        verifyCheckpointBeforeRead: may(bool),
      },
      answer: data(DataPathBackend),
      status: 200,
      raises: ['Conflict'],
    }),
  }),

  ...on('blob_store_task', {
    /** Background work that waits or runs. SDK: GetDataPlannerBlobStoreTasksSpectraS3. */
    getDataPlannerBlobStoreTasks: list({
      query: { fullDetails: bare, job: may(uuid) },
      answer: data(BlobStoreTasksInformation),
    }),
  }),
};
