import { contract, createRouter, type Match, parseTarget } from '@nacre/model';
import { describe, expect, test } from 'vitest';

const router = createRouter(contract);

function matchOf(request: string, headers: Readonly<Record<string, string>> = {}): Match | undefined {
  const [verb = '', target = ''] = request.split(' ');
  return router.match(verb, parseTarget(target), (name) => headers[name]);
}

function nameOf(request: string, headers: Readonly<Record<string, string>> = {}): string | undefined {
  const match = matchOf(request, headers);
  return match && `${match.plane}.${match.name}`;
}

describe('of rows with the same address', () => {
  test('the one with the most required parameters that are all there is chosen', () => {
    expect(nameOf('GET /_rest_/capacity_summary')).toBe('ds3.getSystemCapacitySummary');
    expect(nameOf('GET /_rest_/capacity_summary?storage_domain_id=a')).toBe('ds3.getStorageDomainCapacitySummary');
    expect(nameOf('GET /_rest_/capacity_summary?storage_domain_id=a&bucket_id=b')).toBe('ds3.getBucketCapacitySummary');
    expect(nameOf('POST /_rest_/bucket_acl?user_id=u&permission=LIST')).toBe('ds3.putGlobalBucketAclForUser');
    expect(nameOf('POST /_rest_/bucket_acl?user_id=u&permission=LIST&bucket_id=b')).toBe('ds3.putBucketAclForUser');
    expect(nameOf('PUT /v/reel?part_number=1&upload_id=0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10')).toBe(
      's3.putMultiPartUploadPart',
    );
  });

  test('the one that lacks fewest is chosen when none has all, so that parsing can name what is missing', () => {
    expect(nameOf('POST /_rest_/bucket')).toBe('ds3.putBucket');
    expect(nameOf('POST /v/reel?blob=x')).toBe('s3.completeBlob');
    expect(nameOf('GET /_rest_/job_chunk')).toBe('ds3.getJobChunksReadyForClientProcessing');
  });

  test('a header may tell them apart', () => {
    const copy = { 'x-amz-copy-source': '/v/other' };
    const part = 'PUT /v/reel?partNumber=1&uploadId=0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10';
    expect([nameOf('PUT /v/reel'), nameOf('PUT /v/reel', copy)]).toEqual(['s3.putObject', 's3.copyObject']);
    expect([nameOf(part), nameOf(part, copy)]).toEqual(['s3.putMultiPartUploadPart', 's3.uploadPartCopy']);
    expect(nameOf('PUT /v/reel', { 'x-amz-copy-source': '' })).toBe('s3.putObject');
    expect(nameOf('GET /v/reel', copy)).toBe('s3.getObject');
  });

  test('a required parameter may come under its older name', () => {
    expect(nameOf('PUT /_rest_/tape?operation=eject&storage_domain=a')).toBe('ds3.ejectStorageDomain');
    expect(nameOf('PUT /_rest_/tape?operation=eject&storage_domain_id=a')).toBe('ds3.ejectStorageDomain');
    expect(nameOf('PUT /_rest_/tape?operation=eject&storage_domain_id=a&bucket_id=b&blobs')).toBe(
      'ds3.ejectStorageDomainBlobs',
    );
    expect(nameOf('PUT /_rest_/tape?operation=eject')).toBe('ds3.ejectAllTapes');
  });
});

describe('a flag', () => {
  test.each(['force', 'force=', 'force=True', 'force=true', 'FORCE=x'])('is there as %s', (flag) => {
    expect(nameOf(`DELETE /_rest_/job/a?${flag}`)).toBe('ds3.cancelJob');
  });

  test.each(['force=False', 'force=false'])('is not there as %s', (flag) => {
    expect(nameOf(`DELETE /_rest_/job/a?${flag}`)).toBe('ds3.truncateJob');
  });

  test('is not a value: a thing may be named false', () => {
    expect(nameOf('PUT /_rest_/tape?operation=eject&storage_domain=false')).toBe('ds3.ejectStorageDomain');
  });

  test('is not there when another name contains it', () => {
    expect(nameOf('DELETE /_rest_/job/a?forced')).toBe('ds3.truncateJob');
  });
});

describe('`operation`', () => {
  test('is read in any case', () => {
    expect(nameOf('PUT /_rest_/bucket/v?operation=start_bulk_get')).toBe('ds3.getBulkJob');
    expect(nameOf('PUT /_rest_/bucket/v?OPERATION=START_BULK_GET')).toBe('ds3.getBulkJob');
    expect(nameOf('PUT /_rest_/bucket/v?operation=START_BULK_PUT&replicate')).toBe('ds3.replicatePutJob');
  });

  test('that no row has is no other row', () => {
    expect(nameOf('PUT /_rest_/bucket/v?operation=explode')).toBeUndefined();
    expect(nameOf('PUT /_rest_/bucket/v?operation=')).toBeUndefined();
    expect(nameOf('GET /_rest_/node?operation=verify')).toBeUndefined();
  });

  test('says nothing on the S3 plane', () => {
    expect(nameOf('GET /video?operation=start_bulk_get')).toBe('s3.getBucket');
  });
});

describe('a path', () => {
  test('may end in a slash', () => {
    expect(nameOf('GET /_rest_/job_chunk/?job=a')).toBe('ds3.getJobChunksReadyForClientProcessing');
    expect(matchOf('GET /_rest_/job/a/')).toMatchObject({ name: 'getJob', id: 'a' });
    expect(matchOf('GET /video/')).toMatchObject({ name: 'getBucket', bucket: 'video', key: undefined });
    expect(matchOf('PUT /video/')).toMatchObject({ name: 'putBucket', bucket: 'video' });
    expect(matchOf('DELETE /video/')).toMatchObject({ name: 'deleteBucket', bucket: 'video' });
  });

  test('keeps every byte of an object key', () => {
    expect(matchOf('GET /video/a//b/../c/')).toMatchObject({ name: 'getObject', key: 'a//b/../c/' });
    expect(matchOf('GET /video/a%2Fb%20%25+')).toMatchObject({ name: 'getObject', key: 'a/b %+' });
    expect(matchOf('PUT /video/folder/')).toMatchObject({ name: 'putObject', key: 'folder/' });
  });

  test('keeps the slashes of an object name given as an id', () => {
    expect(matchOf('GET /_rest_/object/a%2Fb?bucket_id=v')).toMatchObject({ name: 'getObjectDetails', id: 'a/b' });
    expect(matchOf('GET /_rest_/object/a/b/?bucket_id=v')).toMatchObject({ name: 'getObjectDetails', id: 'a/b/' });
    expect(matchOf('DELETE /_rest_/folder/a/b/?bucket_id=v&recursive')).toMatchObject({ id: 'a/b/' });
  });

  test('may hold a name where an id is meant', () => {
    expect(matchOf('GET /_rest_/data_policy/Single%20Copy%20on%20Tape')).toMatchObject({ id: 'Single Copy on Tape' });
  });

  test('begins with `_rest_` for the Spectra plane alone', () => {
    expect(matchOf('GET /_rest_x/job')).toMatchObject({ name: 'getObject', bucket: '_rest_x', key: 'job' });
    expect(matchOf('GET /_rest_')).toBeUndefined();
    expect(matchOf('GET /_rest_/')).toBeUndefined();
    expect(matchOf('GET /_REST_/job')).toMatchObject({ plane: 's3', bucket: '_REST_' });
    expect(matchOf('GET /_rest_/JOB/a')).toMatchObject({ plane: 'ds3', name: 'getJob' });
  });

  test('without names is the service, and nothing else', () => {
    expect(nameOf('GET /')).toBe('s3.getService');
    expect(matchOf('PUT /')).toBeUndefined();
    expect(matchOf('DELETE /')).toBeUndefined();
    expect(matchOf('HEAD /')).toBeUndefined();
    expect(matchOf('GET //key')).toBeUndefined();
    expect(matchOf('DELETE //')).toBeUndefined();
  });

  test('with a verb or a resource that is not served finds nothing', () => {
    expect(matchOf('PATCH /video')).toBeUndefined();
    expect(matchOf('GET /_rest_/heap_dump')).toBeUndefined();
    expect(matchOf('DELETE /_rest_/bucket')).toBeUndefined();
    expect(matchOf('DELETE /_rest_/bucket/')).toBeUndefined();
    expect(matchOf('GET /_rest_/constructor')).toBeUndefined();
  });
});

describe('parameters', () => {
  test('are kept by canonical name, the first of a repeated one', () => {
    const parameters = matchOf('GET /video?max-keys=5&MaxKeys=6&uploads=&prefix')?.parameters;
    expect([...(parameters ?? [])]).toEqual([
      ['maxkeys', '5'],
      ['uploads', ''],
      ['prefix', undefined],
    ]);
  });

  test('are compared without case, dashes and underscores', () => {
    const id = '0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10';
    for (const spelling of ['uploadId', 'upload_id', 'upload-id', 'UPLOAD_ID']) {
      expect(nameOf(`DELETE /video/reel?${spelling}=${id}`)).toBe('s3.abortMultiPartUpload');
    }
  });
});
