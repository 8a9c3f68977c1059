import { contract } from '@nacre/model';
import { describe, expect, test } from 'vitest';
import { operationsPage } from './operations-page.ts';

const page = operationsPage({
  s3: { getService: 's3.ts', putObject: 'write-object.ts' },
  ds3: { getJob: 'jobs.ts', replicatePutJob: 'replicate-job.ts', getBuckets: 'buckets.ts' },
});
const lines = page.split('\n');

describe('the page of operations', () => {
  test('counts what there is and what is served', () => {
    expect(page).toContain('393 operations, 5 served and 388 not');
    expect(lines[lines.indexOf('## S3') + 2]).toBe('2 of 17 served.');
    expect(lines[lines.indexOf('## S3 beyond DS3') + 2]).toBe('0 of 6 served.');
    expect(lines[lines.indexOf('## Jobs') + 2]).toBe('2 of 36 served.');
    expect(lines[lines.indexOf('## Data policies') + 2]).toBe('0 of 25 served.');
  });

  test('has one line for each operation', () => {
    const rows = lines.filter((line) => line.startsWith('| `'));
    expect(rows).toHaveLength(Object.keys(contract.s3).length + Object.keys(contract.ds3).length);
  });

  test('shows verb, path, operation, required parameters and the SDK request', () => {
    expect(lines).toContain('| `getService` | `GET /` | GetService | s3.ts |');
    expect(lines).toContain(
      '| `replicatePutJob` | `PUT /_rest_/bucket/{id}?operation=start_bulk_put&replicate` | ReplicatePutJobSpectraS3 | replicate-job.ts |',
    );
    expect(lines).toContain(
      '| `putMultiPartUploadPart` | `PUT /{bucket}/{key}?part_number=…&upload_id=…` | PutMultiPartUploadPart | 501: not yet |',
    );
    expect(lines).toContain(
      '| `copyObject` | `PUT /{bucket}/{key} x-amz-copy-source: …` | CopyObject | 501: not yet |',
    );
    expect(lines).toContain('| `getJobs` | `GET /_rest_/job` | GetJobsSpectraS3 | 501: not yet |');
  });

  test('says what an operation would need that is not served', () => {
    const wantOf = (name: string) =>
      lines
        .find((line) => line.startsWith(`| \`${name}\``))
        ?.split(' | ')
        .at(-1);
    expect(wantOf('ejectStorageDomain')).toBe('501: needs tapes |');
    expect(wantOf('clearSuspectBlobTapes')).toBe('501: needs tapes |');
    expect(wantOf('putS3DataReplicationRule')).toBe('501: needs a foreign target |');
    expect(wantOf('convertStorageDomainToDs3Target')).toBe('501: needs a foreign target |');
    expect(wantOf('forceTargetEnvironmentRefresh')).toBe('501: needs a foreign target |');
    expect(wantOf('compactPool')).toBe('501: not yet |');
  });

  test('tells a name that is on both sides apart', () => {
    expect(lines).toContain('| `getBucket` | `GET /{bucket}` | GetBucket | 501: not yet |');
    expect(lines).toContain('| `getBucket` | `GET /_rest_/bucket/{id}` | GetBucketSpectraS3 | 501: not yet |');
  });

  test('gives topics readable titles', () => {
    expect(lines.filter((line) => line.startsWith('## '))).toEqual([
      '## S3',
      '## S3 beyond DS3',
      '## Jobs',
      '## Buckets',
      '## Objects',
      '## Users',
      '## Groups',
      '## Acls',
      '## Data policies',
      '## Storage domains',
      '## Nodes',
      '## Cache',
      '## Capacity',
      '## Data planner',
      '## System',
      '## Notifications',
      '## Degradation',
      '## Pools',
      '## Tapes',
      '## DS3 targets',
      '## S3 targets',
      '## Azure targets',
    ]);
  });
});
