import { CapacitySummary } from '../types/capacity.ts';
import { PoolHealth, PoolState, PoolType } from '../types/pool.ts';
import { TapeState, TapeType } from '../types/tape.ts';
import { nameOrId } from '../wire/scalar.ts';
import { data, list, may, need, on } from './define.ts';

/** Only media of this kind. */
const media = {
  poolHealth: may(PoolHealth),
  poolState: may(PoolState),
  poolType: may(PoolType),
  tapeState: may(TapeState),
  tapeType: may(TapeType),
};

/** Space on permanent media. */
export const capacity = {
  ...on('capacity_summary', {
    /** Space that one bucket takes in one storage domain. SDK: GetBucketCapacitySummarySpectraS3. */
    getBucketCapacitySummary: list({
      query: { bucketId: need(nameOrId), storageDomainId: need(nameOrId), ...media },
      answer: data(CapacitySummary),
      raises: ['NotFound'],
    }),

    /** Space on the media of one storage domain. SDK: GetStorageDomainCapacitySummarySpectraS3. */
    getStorageDomainCapacitySummary: list({
      query: { storageDomainId: need(nameOrId), ...media },
      answer: data(CapacitySummary),
      raises: ['NotFound'],
    }),

    /** Space on all media. SDK: GetSystemCapacitySummarySpectraS3. */
    getSystemCapacitySummary: list({
      query: media,
      answer: data(CapacitySummary),
    }),
  }),
};
