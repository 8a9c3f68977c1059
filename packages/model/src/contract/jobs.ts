import { MasterObjectList, Priority } from '../types/job.ts';
import { PutObjectList } from '../types/job-request.ts';
import { bool, int, long, text, uuid } from '../wire/scalar.ts';
import { bare, document, header, list, may, modify, need, needBare, on, remove, show, textAnswer, textBody, xml } from './define.ts';

/** Jobs and their chunks. */
export const jobs = {
  ...on('bucket', {
    /** Makes a job to write objects: splits them into blobs and chunks, answers all chunks. SDK: PutBulkJobSpectraS3. */
    putBulkJob: modify({
      operation: 'start_bulk_put',
      query: {
        aggregating: may(bool),
        deadJobCleanupAllowed: may(bool),
        force: bare,
        ignoreNamingConflicts: bare,
        implicitJobIdResolution: may(bool),
        maxUploadSize: may(long),
        minimizeSpanningAcrossMedia: may(bool),
        name: may(text),
        preAllocateJobSpace: bare,
        priority: may(Priority),
        protected: may(bool),
        verifyAfterWrite: may(bool),
      },
      body: xml(PutObjectList),
      answer: document(MasterObjectList),
      raises: ['NoSuchBucket', 'NotFound', 'MalformedXML', 'OBJECT_ALREADY_EXISTS', 'Conflict'],
    }),

    /**
     * Recreates another system's PUT job here, with the same ids. The body is the answer of Get Job To Replicate (JSON)
     * or a MasterObjectList (XML). SDK: ReplicatePutJobSpectraS3.
     */
    replicatePutJob: modify({
      operation: 'start_bulk_put',
      query: { replicate: needBare, priority: may(Priority) },
      body: textBody,
      answer: document(MasterObjectList),
      orNothing: true,
      raises: ['NoSuchBucket', 'NotFound', 'Conflict'],
    }),
  }),

  ...on('job', {
    /** A job and its chunks, whatever its state. SDK: GetJobSpectraS3. */
    getJob: show({ answer: document(MasterObjectList), raises: ['NotFound'] }),

    /** What a second system needs to recreate this job. SDK: GetJobToReplicateSpectraS3. */
    getJobToReplicate: show({ query: { replicate: needBare }, answer: textAnswer, raises: ['NotFound'] }),

    /** Drops a job; what is on permanent storage stays. SDK: CancelJobSpectraS3. */
    cancelJob: remove({ query: { force: needBare }, raises: ['NotFound', 'Conflict'] }),
  }),

  ...on('job_chunk', {
    /** The chunks that can be worked on now; `Retry-After` says when to ask again. SDK: GetJobChunksReadyForClientProcessingSpectraS3. */
    getJobChunksReadyForClientProcessing: list({
      query: { job: need(uuid), jobChunk: may(uuid), preferredNumberOfChunks: may(int) },
      answer: document(MasterObjectList),
      answerHeaders: { retryAfterSeconds: header('Retry-After', int) },
      raises: ['NotFound', 'Gone'],
    }),
  }),
};
