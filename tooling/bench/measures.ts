import type { Measure } from './measure.ts';
import { authenticate } from './measures/authenticate.ts';
import { decodeList } from './measures/decode-list.ts';
import { encodeList } from './measures/encode-list.ts';
import { eventLoop } from './measures/event-loop.ts';
import { files } from './measures/files.ts';
import { growth } from './measures/growth.ts';
import { jobRows } from './measures/job-rows.ts';
import { largeJob } from './measures/large-job.ts';
import { largeObject } from './measures/large-object.ts';
import { manyStreams } from './measures/many-streams.ts';
import { receipts } from './measures/receipts.ts';
import { replication } from './measures/replication.ts';
import { smallObjects } from './measures/small-objects.ts';
import { start } from './measures/start.ts';
import { streamList } from './measures/stream-list.ts';
import { twoWorkers } from './measures/two-workers.ts';

/** Everything that is measured, in the order of the goals. */
export const measures: readonly Measure[] = [
  decodeList,
  streamList,
  encodeList,
  jobRows,
  growth,
  largeJob,
  receipts,
  largeObject,
  smallObjects,
  twoWorkers,
  manyStreams,
  files,
  start,
  replication,
  authenticate,
  eventLoop,
];
