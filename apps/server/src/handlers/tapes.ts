import type { Handlers } from '../context.ts';
import { noEntries, notThere } from './nothing.ts';

const noTape = notThere('tape');
const noPartition = notThere('tape partition');

/** There are no tapes: every list of them is empty, and none is found. What would be done to one is not served. */
export const tapes = {
  getTapes: noEntries,
  getTape: noTape,
  getBlobsOnTape: noTape,
  getTapeDrives: noEntries,
  getTapeDrive: notThere('tape drive'),
  getTapePartitions: noEntries,
  getTapePartitionsWithFullDetails: noEntries,
  getTapePartition: noPartition,
  getTapePartitionWithFullDetails: noPartition,
  getTapeLibraries: noEntries,
  getTapeLibrary: notThere('tape library'),
  getTapeDensityDirectives: noEntries,
  getTapeDensityDirective: notThere('tape density directive'),
  getTapeFailures: noEntries,
  deleteTapeFailure: notThere('tape failure'),
  getTapePartitionFailures: noEntries,
  deleteTapePartitionFailure: notThere('tape partition failure'),
} satisfies Handlers<'ds3'>;
