export { cancel, type UploadBody } from './body.ts';
export { type Checksum, type ChecksumName, checksumNames, checksumOf, type Hasher, hasher } from './checksum.ts';
export { type Clock, systemClock } from './clock.ts';
export {
  type CallOptions,
  type Client,
  type ClientInput,
  createClient,
  type Method,
  type Methods,
} from './create-client.ts';
export { AnswerError, ConnectionError, DataMismatchError } from './errors.ts';
export type { Progress } from './helpers/blobs.ts';
export { type GetObjectsOptions, type GetSummary, getObjects, type ObjectSink } from './helpers/get-objects.ts';
export { decodeMetadata, encodeMetadata } from './helpers/metadata.ts';
export { itemsOf, listedObjects, listedPages, pagesOf } from './helpers/pages.ts';
export { type ObjectToSend, type PutObjectsOptions, type PutSummary, putObjects } from './helpers/put-objects.ts';
export { type ReplicateJobOptions, type ReplicationSummary, replicateJob } from './helpers/replicate-job.ts';
export { type ClientOptions, optionsFromEnvironment, parseEndpoint, type Timeouts } from './options.ts';
