import { contract } from '@nacre/model';
import type { Exception } from './judge.ts';

/** Outcomes that no test brings about. */
export const exceptions: readonly Exception[] = [
  ...of('ok', 'There are no tapes and no foreign targets to show.', Object.keys(contract.ds3).filter(isOfNothing)),
  ...of('ok', 'Jobs that cannot be made leave nothing behind.', ['deleteJobCreationFailure']),
  ...of('ok', 'Storage domains have no failures of their own: those of their pools are listed.', [
    'deleteStorageDomainFailure',
  ]),
  ...of('ok', 'Pools come by configuration: none is another system’s.', ['formatForeignPool', 'importPool']),
  ...of('Conflict', 'It takes a second node, of the name that is asked for.', ['modifyNode']),
  ...of('Conflict', 'It takes two requests that change the same rows at the same moment.', [
    'getJobChunksReadyForClientProcessing',
    'modifyCacheThrottleRule',
    'clearSuspectBlobPools',
    'modifyAllPools',
  ]),
  ...of('InsufficientSpace', 'It takes a full disk.', ['verifySafeToCreatePutJob']),
  ...of(
    'SlowDown',
    'It takes a cache that stays full; the tests of the cache fill it by PUTs.',
    ['getObject', 'putMultiPartUploadPart', 'copyObject', 'uploadPartCopy'],
    's3',
  ),
];

function isOfNothing(name: string): boolean {
  return (
    /^get(Azure|Ds3|S3)DataReplicationRule$/.test(name) ||
    /^getBlobsOn(Tape|\w+Target)$/.test(name) ||
    /^(get|delete)(Tape|\w+Target)(Drive|Partition|Library|DensityDirective|Failure|PartitionFailure)?$/.test(name) ||
    /^get(TapePartitionWithFullDetails|\w+TargetReadPreference|Ds3TargetDataPolicies)$/.test(name) ||
    name === 'putTapeStorageDomainMember'
  );
}

function of(outcome: string, reason: string, names: readonly string[], plane: 's3' | 'ds3' = 'ds3'): Exception[] {
  return names.map((name) => ({ operation: `${plane}.${name}`, outcome, reason }));
}
