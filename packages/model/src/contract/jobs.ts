import {
  ActiveJob,
  CanceledJob,
  ChunkOrder,
  CompletedJob,
  JobChunk,
  JobCreationFailed,
  JobEntry,
  JobList,
  JobRequestType,
  JobSummary,
  MasterObjectList,
  Priority,
} from '../types/job.ts';
import { GetObjectList, PutObjectList } from '../types/job-request.ts';
import { bool, byteCount, instant, int, nameOrId, text, uuid } from '../wire/scalar.ts';
import {
  bare,
  clearable,
  data,
  document,
  header,
  items,
  list,
  may,
  maybeXml,
  modify,
  need,
  needBare,
  on,
  paging,
  remove,
  removeAll,
  show,
  textAnswer,
  textBody,
  xml,
} from './define.ts';

const changes = {
  createdAt: may(instant),
  deadJobCleanupAllowed: may(bool),
  name: may(text),
  priority: may(Priority),
  protected: may(bool),
};

const wanted = {
  bucketId: may(nameOrId),
  chunkClientProcessingOrderGuarantee: may(ChunkOrder),
  name: may(text),
  priority: may(Priority),
  rechunked: clearable(instant),
  requestType: may(JobRequestType),
  truncated: may(bool),
  userId: may(nameOrId),
};

const ofKind = { bucketId: may(nameOrId), requestType: may(JobRequestType) };

/** Jobs and their chunks. */
export const jobs = {
  ...on('bucket', {
    /** Makes a job to read objects: lists the blobs that cover them, in chunks. SDK: GetBulkJobSpectraS3. */
    getBulkJob: modify({
      operation: 'start_bulk_get',
      query: {
        aggregating: may(bool),
        chunkClientProcessingOrderGuarantee: may(ChunkOrder),
        deadJobCleanupAllowed: may(bool),
        implicitJobIdResolution: may(bool),
        name: may(text),
        priority: may(Priority),
        protected: may(bool),
      },
      body: xml(GetObjectList),
      answer: document(MasterObjectList),
      raises: ['MalformedXML', 'NoSuchBucket', 'NotFound'],
    }),

    /**
     * Makes a job to write objects: splits them into blobs and chunks, answers all chunks. SDK: PutBulkJobSpectraS3.
     */
    putBulkJob: modify({
      operation: 'start_bulk_put',
      query: {
        aggregating: may(bool),
        deadJobCleanupAllowed: may(bool),
        force: bare,
        ignoreNamingConflicts: bare,
        implicitJobIdResolution: may(bool),
        maxUploadSize: may(byteCount),
        minimizeSpanningAcrossMedia: may(bool),
        name: may(text),
        preAllocateJobSpace: bare,
        priority: may(Priority),
        protected: may(bool),
        verifyAfterWrite: may(bool),
      },
      body: xml(PutObjectList),
      answer: document(MasterObjectList),
      raises: ['Conflict', 'MalformedXML', 'NoSuchBucket', 'OBJECT_ALREADY_EXISTS'],
    }),

    /**
     * Recreates another system's PUT job here, with the same ids. The body is the answer of Get Job To Replicate (JSON)
     * or a MasterObjectList (XML). Nothing is answered when all of it is here already. SDK: ReplicatePutJobSpectraS3.
     */
    replicatePutJob: modify({
      operation: 'start_bulk_put',
      query: { replicate: needBare, priority: may(Priority) },
      body: textBody,
      answer: document(MasterObjectList),
      orNothing: true,
      raises: ['Conflict', 'NoSuchBucket'],
    }),

    /** Makes a job that brings objects to disk ahead of being read. Not in 4.1. SDK: StageObjectsJobSpectraS3. */
    stageObjectsJob: modify({
      operation: 'start_bulk_stage',
      query: { name: may(text), priority: may(Priority) },
      body: xml(GetObjectList),
      answer: document(MasterObjectList),
      raises: ['MalformedXML', 'NoSuchBucket', 'NotFound'],
    }),

    /**
     * Makes a job that reads objects back from permanent storage and compares checksums; without a list, the whole
     * bucket. SDK: VerifyBulkJobSpectraS3.
     */
    verifyBulkJob: modify({
      operation: 'start_bulk_verify',
      query: { aggregating: may(bool), name: may(text), priority: may(Priority) },
      body: maybeXml(GetObjectList),
      answer: document(MasterObjectList),
      raises: ['MalformedXML', 'NoSuchBucket', 'NotFound'],
    }),

    /** Succeeds when a PUT job can be made and kept as the data policy asks. SDK: VerifySafeToCreatePutJobSpectraS3. */
    verifySafeToCreatePutJob: modify({
      operation: 'verify_safe_to_start_bulk_put',
      raises: ['InsufficientSpace', 'NoSuchBucket'],
    }),
  }),

  ...on('job', {
    /** Running jobs; with `fullDetails` also those that ended in the last 30 days. SDK: GetJobsSpectraS3. */
    getJobs: list({
      query: { bucketId: may(nameOrId), fullDetails: bare },
      answer: document(JobList),
      raises: ['NoSuchBucket'],
    }),

    /** A job and its chunks, whatever its state. SDK: GetJobSpectraS3. */
    getJob: show({ answer: document(MasterObjectList), raises: ['NotFound'] }),

    /** A job and how far it is at each of its permanent stores. Only in 6.0. SDK: GetJobSummarySpectraS3. */
    getJobSummary: show({ query: { summary: needBare }, answer: document(JobSummary), raises: ['NotFound'] }),

    /** What a second system needs to recreate this job. SDK: GetJobToReplicateSpectraS3. */
    getJobToReplicate: show({ query: { replicate: needBare }, answer: textAnswer, raises: ['NotFound'] }),

    /** Ends the time in which other requests are added to a job. SDK: CloseAggregatingJobSpectraS3. */
    closeAggregatingJob: modify({
      query: { closeAggregatingJob: needBare },
      answer: document(MasterObjectList),
      raises: ['NotFound'],
    }),

    /**
     * Changes a job and answers it with all chunks. Without parameters it tells the system that the job is still
     * wanted. SDK: ModifyJobSpectraS3.
     */
    modifyJob: modify({
      query: changes,
      answer: document(MasterObjectList),
      raises: ['NotFound'],
    }),

    /** Drops a job; what is on permanent storage stays. SDK: CancelJobSpectraS3. */
    cancelJob: remove({ query: { force: needBare }, raises: ['Conflict', 'NotFound'] }),

    /** Ends a job early: keeps what has arrived or is stored, drops the rest. SDK: TruncateJobSpectraS3. */
    truncateJob: remove({ raises: ['NotFound'] }),

    /** Cancels all jobs, or those of one bucket or kind. SDK: CancelAllJobsSpectraS3. */
    cancelAllJobs: removeAll({
      query: { force: needBare, ...ofKind },
      raises: ['NoSuchBucket'],
    }),

    /** Ends all jobs early, or those of one bucket or kind, as `truncateJob` does. SDK: TruncateAllJobsSpectraS3. */
    truncateAllJobs: removeAll({
      query: ofKind,
      raises: ['NoSuchBucket'],
    }),
  }),

  ...on('active_job', {
    /** Running jobs as the database keeps them, newest first. SDK: GetActiveJobsSpectraS3. */
    getActiveJobs: list({
      query: { aggregating: may(bool), ...wanted, ...paging },
      answer: items(ActiveJob),
      raises: ['NotFound'],
    }),

    /** One running job; an error once it has ended. SDK: GetActiveJobSpectraS3. */
    getActiveJob: show({ answer: data(ActiveJob), raises: ['NotFound'] }),

    /** As `modifyJob`, for a running job. SDK: ModifyActiveJobSpectraS3. */
    modifyActiveJob: modify({
      query: changes,
      answer: document(MasterObjectList),
      raises: ['NotFound'],
    }),

    /** As `cancelJob`, for a running job. SDK: CancelActiveJobSpectraS3. */
    cancelActiveJob: remove({ query: { force: needBare }, raises: ['NotFound'] }),

    /** As `truncateJob`, for a running job. SDK: TruncateActiveJobSpectraS3. */
    truncateActiveJob: remove({ raises: ['NotFound'] }),

    /** As `cancelAllJobs`. SDK: CancelAllActiveJobsSpectraS3. */
    cancelAllActiveJobs: removeAll({
      query: { force: needBare, ...ofKind },
      raises: ['NoSuchBucket'],
    }),

    /** As `truncateAllJobs`. SDK: TruncateAllActiveJobsSpectraS3. */
    truncateAllActiveJobs: removeAll({
      query: ofKind,
      raises: ['NoSuchBucket'],
    }),
  }),

  ...on('canceled_job', {
    /** Jobs that were cancelled in the last 30 days, newest first. SDK: GetCanceledJobsSpectraS3. */
    getCanceledJobs: list({
      query: { canceledDueToTimeout: may(bool), ...wanted, ...paging },
      answer: items(CanceledJob),
      raises: ['NotFound'],
    }),

    /** One job that was cancelled. SDK: GetCanceledJobSpectraS3. */
    getCanceledJob: show({ answer: data(CanceledJob), raises: ['NotFound'] }),

    /** Forgets all cancelled jobs. SDK: ClearAllCanceledJobsSpectraS3. */
    clearAllCanceledJobs: removeAll({}),
  }),

  ...on('completed_job', {
    /** Jobs that completed in the last 30 days, newest first. SDK: GetCompletedJobsSpectraS3. */
    getCompletedJobs: list({
      query: { ...wanted, ...paging },
      answer: items(CompletedJob),
      raises: ['NotFound'],
    }),

    /** One job that is complete. SDK: GetCompletedJobSpectraS3. */
    getCompletedJob: show({ answer: data(CompletedJob), raises: ['NotFound'] }),

    /** Forgets all completed jobs. SDK: ClearAllCompletedJobsSpectraS3. */
    clearAllCompletedJobs: removeAll({}),
  }),

  ...on('job_chunk', {
    /**
     * The chunks that can be worked on now; `retryAfterSeconds` says when to ask again.
     * SDK: GetJobChunksReadyForClientProcessingSpectraS3.
     */
    getJobChunksReadyForClientProcessing: list({
      query: { job: need(uuid), jobChunk: may(uuid), preferredNumberOfChunks: may(int) },
      answer: document(MasterObjectList),
      answerHeaders: { retryAfterSeconds: header('Retry-After', int) },
      raises: ['Conflict', 'Gone', 'NotFound'],
    }),

    /** A chunk and its blobs. The id of a job answers its chunk. SDK: GetJobChunkSpectraS3. */
    getJobChunk: show({ answer: document(JobChunk), raises: ['NotFound'] }),

    /**
     * Reserves cache for a chunk of a PUT job; 503 with `Retry-After` when there is none now.
     * SDK: AllocateJobChunkSpectraS3.
     */
    allocateJobChunk: modify({ operation: 'allocate', answer: document(JobChunk), raises: ['NotFound', 'SlowDown'] }),
  }),

  ...on('job_chunk_dao', {
    /** The entries of a job as the database keeps them. Only in 6.0. SDK: GetJobEntriesSpectraS3. */
    getJobEntries: list({ query: { jobId: need(uuid), ...paging }, answer: items(JobEntry), raises: ['NotFound'] }),

    /** One chunk, or entry of a chunk, as the database keeps it. SDK: GetJobChunkDaoSpectraS3. */
    getJobChunkDao: show({ answer: data(JobEntry), raises: ['NotFound'] }),
  }),

  ...on('job_creation_failed', {
    /** Jobs that could not be made, newest first. Not in 4.1. SDK: GetJobCreationFailuresSpectraS3. */
    getJobCreationFailures: list({
      query: { date: may(instant), errorMessage: clearable(text), userName: may(text), ...paging },
      answer: items(JobCreationFailed),
      raises: ['NotFound'],
    }),

    /** Forgets that a job could not be made. Not in 4.1. SDK: DeleteJobCreationFailureSpectraS3. */
    deleteJobCreationFailure: remove({ raises: ['NotFound'] }),
  }),
};
