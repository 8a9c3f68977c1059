import { bool, byteCount, instant, int, long, oneOf, type ScalarValue, text, uuid } from '../wire/scalar.ts';
import { attr, type Infer, many, maybe, record, wrapped } from '../wire/shape.ts';

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
 */
export const BlobEntry = record('Object', {
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
});
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
