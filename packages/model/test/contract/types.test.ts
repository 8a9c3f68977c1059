import type {
  Bucket,
  ByteBody,
  contract,
  Input,
  MasterObjectList,
  Output,
  Page,
  Priority,
  PutObjectList,
  Tape,
} from '@nacre/model';
import { expectTypeOf, test } from 'vitest';

// The compiler checks these; there is nothing to run.
type S3 = (typeof contract)['s3'];
type Ds3 = (typeof contract)['ds3'];

test('required parameters are required, others optional', () => {
  expectTypeOf<Input<Ds3['putBucket']>>().toEqualTypeOf<{
    readonly name: string;
    readonly dataPolicyId?: string | undefined;
    readonly id?: string | undefined;
    readonly protected?: boolean | undefined;
    readonly userId?: string | undefined;
  }>();
});

test('required flags are no input, others are booleans', () => {
  expectTypeOf<Input<Ds3['cancelJob']>>().toEqualTypeOf<{ readonly id: string }>();
  expectTypeOf<Input<Ds3['deleteBucket']>>().toEqualTypeOf<{
    readonly id: string;
    readonly force?: boolean | undefined;
  }>();
});

test('clearable parameters may be null', () => {
  expectTypeOf<Input<Ds3['modifyUser']>>().toEqualTypeOf<{
    readonly id: string;
    readonly defaultDataPolicyId?: string | null | undefined;
    readonly maxBuckets?: number | undefined;
    readonly name?: string | undefined;
    readonly secretKey?: string | undefined;
  }>();
});

test('bodies are what their descriptors say', () => {
  expectTypeOf<Input<Ds3['putBulkJob']>['body']>().toEqualTypeOf<PutObjectList>();
  expectTypeOf<Input<Ds3['verifyBulkJob']>['body']>().extract<undefined>().toEqualTypeOf<undefined>();
  expectTypeOf<Input<Ds3['replicatePutJob']>['body']>().toEqualTypeOf<string>();
  expectTypeOf<Input<S3['putObject']>['body']>().toEqualTypeOf<ByteBody>();
  expectTypeOf<Input<Ds3['putBulkJob']>['priority']>().toEqualTypeOf<Priority | undefined>();
});

test('the S3 side has bucket and key, and its headers', () => {
  expectTypeOf<Input<S3['getService']>>().toEqualTypeOf<Record<never, never>>();
  expectTypeOf<Input<S3['headBucket']>>().toEqualTypeOf<{ readonly bucket: string }>();
  type Get = Pick<Input<S3['getObject']>, 'bucket' | 'key' | 'cachedOnly' | 'offset' | 'versionId' | 'range'>;
  expectTypeOf<Get>().toEqualTypeOf<{
    readonly bucket: string;
    readonly key: string;
    readonly cachedOnly?: boolean | undefined;
    readonly offset?: number | undefined;
    readonly versionId?: string | undefined;
    readonly range?: string | undefined;
  }>();
  expectTypeOf<Pick<Input<S3['copyObject']>, 'copySource' | 'ifNoneMatch'>>().toEqualTypeOf<{
    readonly copySource: string;
    readonly ifNoneMatch?: string | undefined;
  }>();
  expectTypeOf<Input<S3['putObject']>['metadata']>().toEqualTypeOf<Readonly<Record<string, string>> | undefined>();
});

test('answers are entities, pages of them, texts, bytes or nothing', () => {
  expectTypeOf<Output<Ds3['getBucket']>>().toEqualTypeOf<Bucket>();
  expectTypeOf<Output<Ds3['getBuckets']>>().toEqualTypeOf<Page<Bucket>>();
  expectTypeOf<Output<Ds3['getJobToReplicate']>>().toEqualTypeOf<{ readonly text: string }>();
  expectTypeOf<Output<Ds3['deleteBucket']>>().toEqualTypeOf<void>();
  expectTypeOf<Output<S3['getObject']>['body']>().toEqualTypeOf<ByteBody>();
});

test('an answer that may be nothing may be undefined', () => {
  expectTypeOf<Output<Ds3['replicatePutJob']>>().toEqualTypeOf<MasterObjectList | undefined>();
  type Failed = NonNullable<Output<Ds3['ejectAllTapes']>>['failures'][number];
  expectTypeOf<Failed['tape']>().toEqualTypeOf<Tape>();
});

test('headers of an answer belong to it', () => {
  type Ready = Output<Ds3['getJobChunksReadyForClientProcessing']>;
  expectTypeOf<Ready>().toExtend<MasterObjectList>();
  expectTypeOf<Ready['retryAfterSeconds']>().toEqualTypeOf<number | undefined>();
  expectTypeOf<Output<S3['headObject']>['blobChecksumType']>().toEqualTypeOf<
    'CRC_32' | 'CRC_32C' | 'MD5' | 'SHA_256' | 'SHA_512' | undefined
  >();
  expectTypeOf<Output<S3['putObject']>['eTag']>().toEqualTypeOf<string | undefined>();
});

test('families of rows keep their own types', () => {
  type Made = Output<Ds3['putJobCompletedNotificationRegistration']>;
  expectTypeOf<Made['jobId']>().toEqualTypeOf<string | null>();
  expectTypeOf<Input<Ds3['putJobCompletedNotificationRegistration']>['jobId']>().toEqualTypeOf<string | undefined>();
  expectTypeOf<Output<Ds3['putTapeFailureNotificationRegistration']>>().not.toHaveProperty('jobId');
  expectTypeOf<Input<Ds3['putTapeFailureNotificationRegistration']>>().not.toHaveProperty('jobId');
});
