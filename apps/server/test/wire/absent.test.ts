import { describe, expect, test } from 'vitest';
import { systemUnderTest } from '../support/server.ts';
import { withCode } from '../support/things.ts';

const { ds3 } = await systemUnderTest();
const id = '00000000-0000-4000-8000-000000000000';

describe('what a system without tapes and targets never has', () => {
  test.each([
    'getAzureDataReplicationRules',
    'getAzureTargetBucketNames',
    'getAzureTargetFailures',
    'getAzureTargetReadPreferences',
    'getAzureTargets',
    'getDs3DataReplicationRules',
    'getDs3TargetFailures',
    'getDs3TargetReadPreferences',
    'getDs3Targets',
    'getS3DataReplicationRules',
    'getS3TargetBucketNames',
    'getS3TargetFailures',
    'getS3TargetReadPreferences',
    'getS3Targets',
    'getTapeDensityDirectives',
    'getTapeDrives',
    'getTapeFailures',
    'getTapeLibraries',
    'getTapePartitionFailures',
    'getTapePartitions',
    'getTapePartitionsWithFullDetails',
    'getTapes',
  ] as const)('%s answers an empty list, with the paging headers', async (name) => {
    expect(await ds3[name]()).toEqual({ items: [], total: 0, remaining: 0 });
    await expect(ds3[name]({ pageStartMarker: id })).rejects.toThrow(withCode('NotFound'));
  });

  test.each([
    'deleteAzureTargetFailure',
    'deleteDs3TargetFailure',
    'deleteS3TargetFailure',
    'deleteTapeFailure',
    'deleteTapePartitionFailure',
    'getAzureDataReplicationRule',
    'getAzureTarget',
    'getAzureTargetReadPreference',
    'getBlobsOnTape',
    'getDs3DataReplicationRule',
    'getDs3Target',
    'getDs3TargetDataPolicies',
    'getDs3TargetReadPreference',
    'getS3DataReplicationRule',
    'getS3Target',
    'getS3TargetReadPreference',
    'getTape',
    'getTapeDensityDirective',
    'getTapeDrive',
    'getTapeLibrary',
    'getTapePartition',
    'getTapePartitionWithFullDetails',
  ] as const)('%s finds nothing', async (name) => {
    await expect(ds3[name]({ id })).rejects.toThrow(withCode('NotFound'));
  });

  test.each(['ejectTape', 'verifyTape', 'verifyS3Target', 'formatTape', 'importTape'] as const)(
    '%s is not served',
    async (name) => {
      await expect(ds3[name]({ id })).rejects.toMatchObject({ status: 501 });
    },
  );
});
