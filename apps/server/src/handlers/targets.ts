import type { Handlers } from '../context.ts';
import { noEntries, notThere } from './nothing.ts';

const noRule = notThere('data replication rule');
const noPreference = notThere('target read preference');
const noFailure = notThere('target failure');

/** No target is registered: every list of them is empty, and none is found. Registering one is not served. */
export const targets = {
  getAzureTargets: noEntries,
  getAzureTarget: notThere('Azure target'),
  getBlobsOnAzureTarget: notThere('Azure target'),
  getAzureTargetBucketNames: noEntries,
  getAzureTargetReadPreferences: noEntries,
  getAzureTargetReadPreference: noPreference,
  getAzureTargetFailures: noEntries,
  deleteAzureTargetFailure: noFailure,
  getAzureDataReplicationRules: noEntries,
  getAzureDataReplicationRule: noRule,

  getDs3Targets: noEntries,
  getDs3Target: notThere('DS3 target'),
  getBlobsOnDs3Target: notThere('DS3 target'),
  getDs3TargetDataPolicies: notThere('DS3 target'),
  getDs3TargetReadPreferences: noEntries,
  getDs3TargetReadPreference: noPreference,
  getDs3TargetFailures: noEntries,
  deleteDs3TargetFailure: noFailure,
  getDs3DataReplicationRules: noEntries,
  getDs3DataReplicationRule: noRule,

  getS3Targets: noEntries,
  getS3Target: notThere('S3 target'),
  getBlobsOnS3Target: notThere('S3 target'),
  getS3TargetBucketNames: noEntries,
  getS3TargetReadPreferences: noEntries,
  getS3TargetReadPreference: noPreference,
  getS3TargetFailures: noEntries,
  deleteS3TargetFailure: noFailure,
  getS3DataReplicationRules: noEntries,
  getS3DataReplicationRule: noRule,
} satisfies Handlers<'ds3'>;
