import { bool, byteCount, instant, int, long, oneOf, type ScalarValue, text, uuid } from '../wire/scalar.ts';
import { attr, elem, type Infer, many, maybe, nullable, record, withLiteral, wrapped } from '../wire/shape.ts';
import { alphabetical } from './alphabetical.ts';

/** Highest first. Clients may ask for URGENT, HIGH, NORMAL and LOW; the others are the system's own. */
export const Priority = oneOf('Priority', ['CRITICAL', 'URGENT', 'HIGH', 'NORMAL', 'LOW', 'BACKGROUND']);
export type Priority = ScalarValue<typeof Priority>;

export const JobRequestType = oneOf('RequestType', ['PUT', 'GET', 'VERIFY']);
export type JobRequestType = ScalarValue<typeof JobRequestType>;

export const JobStatus = oneOf('Status', ['IN_PROGRESS', 'COMPLETED', 'CANCELED']);
export type JobStatus = ScalarValue<typeof JobStatus>;

/** Whether chunks are offered to the client in the order of their numbers. */
export const ChunkOrder = oneOf('ChunkClientProcessingOrderGuarantee', ['NONE', 'IN_ORDER']);
export type ChunkOrder = ScalarValue<typeof ChunkOrder>;

/** A data path end point. Clients reach it at `endPoint` and the port of their scheme. */
export const JobNode = record('Node', {
  endPoint: attr(text),
  httpPort: maybe(attr(int)),
  httpsPort: maybe(attr(int)),
  id: attr(uuid),
});
export type JobNode = Infer<typeof JobNode>;

/**
 * A blob of a job: a contiguous range of one object, the unit of PUT and GET. `offset` and `length` are bytes.
 * All but `inCache` stay the same through the life of the job: the Java SDK recognises blobs by them.
 * The literals are for lists with both versions, as we write them, and with that of 5.0 and later.
 */
export const BlobEntry = withLiteral(
  withLiteral(
    record('Object', {
      bucket: maybe(attr(text)),
      id: maybe(attr(uuid)),
      inCache: maybe(attr(bool)),
      latest: attr(bool),
      length: attr(byteCount),
      name: attr(text),
      offset: attr(byteCount),
      /** Up to 4.1: the running number of the version, from 1. */
      version: maybe(attr(long)),
      /** From 5.0: the id of the object, which is one version of a name. */
      versionId: maybe(attr(uuid)),
    }),
    ['bucket', 'id', 'inCache', 'latest', 'length', 'name', 'offset', 'version', 'versionId'],
    ([bucket, id, inCache, latest, length, name, offset, version, versionId]) => ({
      bucket,
      id,
      inCache,
      latest,
      length,
      name,
      offset,
      version,
      versionId,
    }),
  ),
  ['bucket', 'id', 'inCache', 'latest', 'length', 'name', 'offset', 'versionId'],
  ([bucket, id, inCache, latest, length, name, offset, versionId]) => ({
    bucket,
    id,
    inCache,
    latest,
    length,
    name,
    offset,
    versionId,
  }),
);
export type BlobEntry = Infer<typeof BlobEntry>;

/** Blobs that are allocated, cached and written to media together. `nodeId` is absent until allocated. */
export const JobChunk = record('Objects', {
  chunkId: attr(uuid),
  chunkNumber: attr(int),
  nodeId: maybe(attr(uuid)),
  objects: many(BlobEntry),
});
export type JobChunk = Infer<typeof JobChunk>;

const jobAttributes = {
  aggregating: attr(bool),
  bucketName: attr(text),
  cachedSizeInBytes: attr(byteCount),
  chunkClientProcessingOrderGuarantee: attr(ChunkOrder),
  completedSizeInBytes: attr(byteCount),
  entirelyInCache: maybe(attr(bool)),
  jobId: attr(uuid),
  naked: attr(bool),
  name: attr(text),
  originalSizeInBytes: attr(byteCount),
  priority: attr(Priority),
  requestType: attr(JobRequestType),
  startDate: attr(instant),
  status: attr(JobStatus),
  userId: attr(uuid),
  userName: attr(text),
} as const;

/** A job as Get Jobs lists it: everything but its chunks. */
export const JobHead = record('Job', { ...jobAttributes, nodes: maybe(wrapped('Nodes', JobNode)) });
export type JobHead = Infer<typeof JobHead>;

/** A job with its chunks and their blobs: the answer to creating, asking for and modifying a job. */
export const MasterObjectList = record('MasterObjectList', {
  ...jobAttributes,
  nodes: maybe(wrapped('Nodes', JobNode)),
  objects: many(JobChunk),
});
export type MasterObjectList = Infer<typeof MasterObjectList>;

/** The answer of Get Jobs. */
export const JobList = record('Jobs', { jobs: many(JobHead) });
export type JobList = Infer<typeof JobList>;

/** How far a job is at one of its permanent stores. */
export const DestinationSummary = record('Destination', {
  complete: wrapped('Complete', JobChunk, 'JobChunk'),
  id: elem(uuid),
  incomplete: wrapped('Incomplete', JobChunk, 'JobChunk'),
  name: elem(text),
});
export type DestinationSummary = Infer<typeof DestinationSummary>;

/** A job and how far it is at each of its permanent stores. Only in 6.0. */
export const JobSummary = record('JobSummary', {
  ...jobAttributes,
  destinations: wrapped('Destinations', DestinationSummary),
  nodes: maybe(wrapped('Nodes', JobNode)),
  /** For people. */
  summary: elem(text),
});
export type JobSummary = Infer<typeof JobSummary>;

// ── Jobs as the database keeps them ─────────────────────────────────────────────────────────────────────────────────

/** Whether a job brings data back from a target. */
export const JobRestore = oneOf('JobRestore', ['NO', 'YES', 'PERMANENT_ONLY']);
export type JobRestore = ScalarValue<typeof JobRestore>;

/** A running job: settings and sums, no chunks. */
export const ActiveJob = record('Job', {
  aggregating: elem(bool),
  bucketId: elem(uuid),
  cachedSizeInBytes: elem(byteCount),
  chunkClientProcessingOrderGuarantee: elem(ChunkOrder),
  completedSizeInBytes: elem(byteCount),
  createdAt: elem(instant),
  /** Whether the job is cancelled when nobody has touched it for long. */
  deadJobCleanupAllowed: elem(bool),
  errorMessage: nullable(elem(text)),
  id: elem(uuid),
  implicitJobIdResolution: elem(bool),
  minimizeSpanningAcrossMedia: elem(bool),
  naked: elem(bool),
  name: elem(text),
  originalSizeInBytes: elem(byteCount),
  priority: elem(Priority),
  protected: maybe(elem(bool)),
  rechunked: nullable(elem(instant)),
  replicating: elem(bool),
  requestType: elem(JobRequestType),
  restore: maybe(elem(JobRestore)),
  truncated: elem(bool),
  truncatedDueToTimeout: elem(bool),
  userId: elem(uuid),
  verifyAfterWrite: elem(bool),
});
export type ActiveJob = Infer<typeof ActiveJob>;

const endedJob = {
  bucketId: elem(uuid),
  cachedSizeInBytes: elem(byteCount),
  chunkClientProcessingOrderGuarantee: elem(ChunkOrder),
  completedSizeInBytes: elem(byteCount),
  createdAt: elem(instant),
  errorMessage: nullable(elem(text)),
  id: elem(uuid),
  naked: elem(bool),
  name: elem(text),
  originalSizeInBytes: elem(byteCount),
  priority: elem(Priority),
  rechunked: nullable(elem(instant)),
  requestType: elem(JobRequestType),
  truncated: elem(bool),
  userId: elem(uuid),
};

/** A job that was cancelled. */
export const CanceledJob = record(
  'CanceledJob',
  alphabetical({ ...endedJob, canceledDueToTimeout: elem(bool), dateCanceled: elem(instant) }),
);
export type CanceledJob = Infer<typeof CanceledJob>;

/** A job that is complete. */
export const CompletedJob = record('CompletedJob', alphabetical({ ...endedJob, dateCompleted: elem(instant) }));
export type CompletedJob = Infer<typeof CompletedJob>;

/** How far the background store is with a chunk. */
export const BlobStoreState = oneOf('BlobStoreState', ['PENDING', 'IN_PROGRESS', 'COMPLETED']);
export type BlobStoreState = ScalarValue<typeof BlobStoreState>;

/**
 * Up to 5.8 a chunk, with `jobCreationDate`; from 6.0 one blob of a chunk, with `blobId` and `chunkId`. Both are
 * written, so that every SDK can read it.
 */
export const JobEntry = record('JobEntry', {
  blobId: maybe(elem(uuid)),
  blobStoreState: elem(BlobStoreState),
  chunkId: nullable(elem(uuid)),
  chunkNumber: elem(int),
  id: elem(uuid),
  jobCreationDate: maybe(elem(instant)),
  jobId: elem(uuid),
  nodeId: nullable(elem(uuid)),
  pendingTargetCommit: elem(bool),
  readFromAzureTargetId: nullable(elem(uuid)),
  readFromDs3TargetId: nullable(elem(uuid)),
  readFromPoolId: nullable(elem(uuid)),
  readFromS3TargetId: nullable(elem(uuid)),
  readFromTapeId: nullable(elem(uuid)),
});
export type JobEntry = Infer<typeof JobEntry>;

/** Why a job could not be made. DATA_UNAVAILABLE is only in 6.0. */
export const JobCreationFailedType = oneOf('JobCreationFailedType', ['DATA_UNAVAILABLE', 'TAPES_MUST_BE_ONLINED']);
export type JobCreationFailedType = ScalarValue<typeof JobCreationFailedType>;

/** A job that could not be made. Not in 4.1. */
export const JobCreationFailed = record('JobCreationFailed', {
  date: elem(instant),
  errorMessage: nullable(elem(text)),
  id: elem(uuid),
  /** Bar codes of the tapes that are needed. */
  tapeBarCodes: nullable(elem(text)),
  type: elem(JobCreationFailedType),
  userName: elem(text),
});
export type JobCreationFailed = Infer<typeof JobCreationFailed>;
