import {
  AccessControlPolicy,
  BlobStoreTaskInformation,
  BucketChangesNotificationRegistration,
  CanceledJob,
  CompleteMultipartUpload,
  contract,
  DeleteRequest,
  DeleteResult,
  DetailedS3Object,
  decode,
  decodeItems,
  ErrorBody,
  encode,
  encodeItems,
  Ids,
  JobCompletedNotificationPayload,
  JobCreationFailedNotificationPayload,
  JobList,
  JobSummary,
  ListAllMyBucketsResult,
  ListBucketResult,
  ListPartsResult,
  LocationConstraint,
  PhysicalPlacement,
  User,
  VersioningConfiguration,
} from '@nacre/model';
import { describe, expect, test } from 'vitest';

const id = '0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10';
const date = new Date('2026-11-22T09:15:00.000Z');
const written = '2026-11-22T09:15:00.000Z';
const owner = { displayName: 'ann', id };
const ownerXml = `<Owner><DisplayName>ann</DisplayName><ID>${id}</ID></Owner>`;

describe('S3 listings', () => {
  test('a list of buckets has its wrapper even when there are none, and its owner by UUID', () => {
    const empty = encode(ListAllMyBucketsResult, { buckets: [], owner });
    expect(empty).toBe(`<ListAllMyBucketsResult><Buckets/>${ownerXml}</ListAllMyBucketsResult>`);
    expect(decode(ListAllMyBucketsResult, empty)).toEqual({ buckets: [], owner });
  });

  test('a list of objects has an element for each prefix, empty ones for what is not there, and no S3 extras', () => {
    const value = {
      commonPrefixes: ['a/', 'b/'],
      contents: [{ eTag: null, key: 'new', lastModified: null, owner, size: 0, storageClass: null }],
      creationDate: date,
      delimiter: '/',
      isTruncated: false,
      marker: null,
      maxKeys: 1000,
      name: 'video',
      nextMarker: null,
      prefix: null,
      versions: [],
    };
    const xml =
      '<ListBucketResult><CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>b/</Prefix>' +
      `</CommonPrefixes><Contents><ETag/><Key>new</Key><LastModified/>${ownerXml}<Size>0</Size><StorageClass/></Contents>` +
      `<CreationDate>${written}</CreationDate><Delimiter>/</Delimiter><IsTruncated>false</IsTruncated><Marker/>` +
      '<MaxKeys>1000</MaxKeys><Name>video</Name><NextMarker/><Prefix/></ListBucketResult>';
    expect(encode(ListBucketResult, value)).toBe(xml);
    expect(decode(ListBucketResult, xml)).toEqual(value);
  });

  test('versions stand in place of contents', () => {
    const version = {
      eTag: '"a"',
      isLatest: true,
      key: 'k',
      lastModified: date,
      owner,
      size: 3,
      storageClass: null,
      versionId: id,
    };
    const xml = encode(ListBucketResult, {
      commonPrefixes: [],
      contents: [],
      creationDate: null,
      delimiter: null,
      isTruncated: false,
      marker: null,
      maxKeys: 1,
      name: 'video',
      nextMarker: null,
      prefix: null,
      versions: [version],
    });
    expect(xml).toContain(`<Version><ETag>"a"</ETag><IsLatest>true</IsLatest><Key>k</Key>`);
    expect(xml).not.toContain('<Contents>');
    expect(decode(ListBucketResult, xml).versions).toEqual([version]);
  });

  test('a multi-object delete is read as S3 clients write it, and answered side by side', () => {
    const request = `<?xml version="1.0"?><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a</Key></Object><Object><Key>b</Key><VersionId>${id}</VersionId></Object><Quiet>true</Quiet></Delete>`;
    expect(decode(DeleteRequest, request)).toEqual({
      quiet: true,
      objects: [{ key: 'a' }, { key: 'b', versionId: id }],
    });
    expect(
      encode(DeleteResult, { deleted: [{ key: 'a' }], errors: [{ code: 'ObjectNotFound', key: 'b', message: 'No.' }] }),
    ).toBe(
      '<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Code>ObjectNotFound</Code><Key>b</Key><Message>No.</Message></Error></DeleteResult>',
    );
  });

  test('numbers in a list of parts are there even when they say nothing', () => {
    const xml = encode(ListPartsResult, {
      bucket: 'video',
      isTruncated: false,
      key: 'reel',
      maxParts: 1000,
      nextPartNumberMarker: 0,
      owner,
      partNumberMarker: 0,
      parts: [],
      uploadId: id,
    });
    expect(xml).toContain('<NextPartNumberMarker>0</NextPartNumberMarker>');
    expect(xml).toContain('<PartNumberMarker>0</PartNumberMarker>');
  });
});

describe('entities', () => {
  test('have empty elements for what is null, and lose what another generation has', () => {
    const value = { authId: 'YQ==', defaultDataPolicyId: null, id, name: 'ann', secretKey: 's' };
    const xml = `<Data><AuthId>YQ==</AuthId><DefaultDataPolicyId/><Id>${id}</Id><Name>ann</Name><SecretKey>s</SecretKey></Data>`;
    expect(encode(User, value, { root: 'Data' })).toBe(xml);
    expect(decode(User, xml, { root: 'Data' })).toEqual(value);
    const newer = xml.replace('<Name>', '<MaxBuckets>10000</MaxBuckets><Name>');
    expect(decode(User, newer, { root: 'Data' })).toEqual({ ...value, maxBuckets: 10000 });
  });

  test('are listed under their element name', () => {
    const { item } = contract.ds3.getObjectsWithFullDetails.answer;
    const object = {
      bucketId: id,
      creationDate: null,
      eTag: '',
      id,
      latest: false,
      name: 'reel',
      owner: 'ann',
      size: 0,
      type: 'DATA' as const,
    };
    const xml = encodeItems(DetailedS3Object, item, [object]);
    expect(xml).toMatch(/^<Data><Object><BucketId>.*<\/Object><\/Data>$/);
    expect(decodeItems(DetailedS3Object, item, xml)).toEqual([object]);
    expect(encodeItems(DetailedS3Object, item, [])).toBe('<Data/>');
  });

  test('of a family have their own fields in their place', () => {
    expect(Object.keys(BucketChangesNotificationRegistration.fields)).toEqual([
      'bucketId',
      'creationDate',
      'format',
      'id',
      'lastFailure',
      'lastHttpResponseCode',
      'lastNotification',
      'lastSequenceNumber',
      'namingConvention',
      'notificationEndPoint',
      'notificationHttpMethod',
      'numberOfFailuresSinceLastSuccess',
      'userId',
    ]);
    expect(Object.keys(CanceledJob.fields).slice(0, 4)).toEqual([
      'bucketId',
      'cachedSizeInBytes',
      'canceledDueToTimeout',
      'chunkClientProcessingOrderGuarantee',
    ]);
  });

  test('may have a list whose entries are named like its wrapper', () => {
    const { jobId } = decode(
      BlobStoreTaskInformation,
      `<Data><DateScheduled>${written}</DateScheduled><Description/><Id>7</Id><JobId><JobIds>${id}</JobIds></JobId><Name>t</Name><Priority>LOW</Priority><State>READY</State></Data>`,
      { root: 'Data' },
    );
    expect(jobId).toEqual([id]);
  });
});

describe('jobs and blobs', () => {
  const job = {
    aggregating: false,
    bucketName: 'video',
    cachedSizeInBytes: 0,
    chunkClientProcessingOrderGuarantee: 'NONE' as const,
    completedSizeInBytes: 0,
    entirelyInCache: false,
    jobId: id,
    naked: false,
    name: 'PUT by 127.0.0.1',
    originalSizeInBytes: 3,
    priority: 'NORMAL' as const,
    requestType: 'PUT' as const,
    startDate: date,
    status: 'IN_PROGRESS' as const,
    userId: id,
    userName: 'ann',
  };
  const chunk = { chunkId: id, chunkNumber: 1, nodeId: id, objects: [] };

  test('a list of jobs has a root of its own and no chunks', () => {
    const xml = encode(JobList, { jobs: [{ ...job, nodes: [{ endPoint: 'a', id }] }] });
    expect(xml).toMatch(
      /^<Jobs><Job Aggregating="false" .*><Nodes><Node EndPoint="a" Id=".*"\/><\/Nodes><\/Job><\/Jobs>$/,
    );
    expect(encode(JobList, { jobs: [] })).toBe('<Jobs/>');
    expect(decode(JobList, xml).jobs).toEqual([{ ...job, nodes: [{ endPoint: 'a', id }] }]);
  });

  test('a summary names the chunks of each destination JobChunk', () => {
    const destinations = [{ complete: [chunk], id, incomplete: [], name: 'Pool' }];
    const xml = encode(JobSummary, { ...job, destinations, summary: 'half' });
    expect(xml).toContain(
      `<Destinations><Destination><Complete><JobChunk ChunkId="${id}" ChunkNumber="1" NodeId="${id}"/></Complete><Id>${id}</Id><Incomplete/><Name>Pool</Name></Destination></Destinations><Summary>half</Summary>`,
    );
    expect(decode(JobSummary, xml).destinations).toEqual(destinations);
  });

  test('placement has all its wrappers, even when nothing is anywhere', () => {
    const nowhere = { azureTargets: [], ds3Targets: [], pools: [], s3Targets: [], tapes: [] };
    expect(encode(PhysicalPlacement, nowhere, { root: 'Data' })).toBe(
      '<Data><AzureTargets/><Ds3Targets/><Pools/><S3Targets/><Tapes/></Data>',
    );
  });

  test('ids of suspect blobs are read as clients send them', () => {
    expect(decode(Ids, `<Ids><Id>${id}</Id><Id>${id.toUpperCase()}</Id></Ids>`)).toEqual({ ids: [id, id] });
  });
});

describe('notifications', () => {
  test('of a job wrap the blobs that are missing', () => {
    const value = { cancelOccurred: true, jobId: id, notificationGenerationDate: date, objectsNotPersisted: [] };
    expect(encode(JobCompletedNotificationPayload, value)).toBe(
      `<Data><CancelOccurred>true</CancelOccurred><JobId>${id}</JobId><NotificationGenerationDate>${written}</NotificationGenerationDate><ObjectsNotPersisted/></Data>`,
    );
  });

  test('of tapes that are needed list sets of bar codes without wrappers', () => {
    const xml = encode(JobCreationFailedNotificationPayload, {
      errorMessage: null,
      notificationGenerationDate: date,
      tapesMustBeOnlined: { tapesToOnline: [{ tapeBarCodes: ['A1', 'A2'] }, { tapeBarCodes: ['B1'] }] },
      userName: 'ann',
    });
    expect(xml).toContain(
      '<TapesMustBeOnlined><TapesToOnline><TapeBarCodes>A1</TapeBarCodes><TapeBarCodes>A2</TapeBarCodes></TapesToOnline><TapesToOnline><TapeBarCodes>B1</TapeBarCodes></TapesToOnline></TapesMustBeOnlined>',
    );
  });
});

describe('an error', () => {
  test('is written with all that clients need', () => {
    const value = { code: 'NotFound', httpErrorCode: 404, message: 'No.', resource: '/_rest_/job/a', resourceId: 7 };
    expect(encode(ErrorBody, value)).toBe(
      '<Error><Code>NotFound</Code><HttpErrorCode>404</HttpErrorCode><Message>No.</Message><Resource>/_rest_/job/a</Resource><ResourceId>7</ResourceId></Error>',
    );
  });

  test('of an S3 system is read as well', () => {
    const s3 =
      '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Key>a</Key><RequestId>4442587FB7D0A2F9</RequestId></Error>';
    expect(decode(ErrorBody, s3)).toEqual({ code: 'NoSuchKey', requestId: '4442587FB7D0A2F9' });
  });
});

describe('what only S3 clients read', () => {
  test('a bucket is nowhere in particular, and says whether it keeps versions', () => {
    expect(encode(LocationConstraint, {})).toBe('<LocationConstraint/>');
    expect(encode(VersioningConfiguration, {})).toBe('<VersioningConfiguration/>');
    expect(encode(VersioningConfiguration, { status: 'Enabled' })).toBe(
      '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
    );
  });

  test('an access list tells the kind of grantee in the way of XML Schema', () => {
    const grantee = {
      schemaInstance: 'http://www.w3.org/2001/XMLSchema-instance',
      kind: 'CanonicalUser',
      displayName: 'ann',
      id,
    };
    const xml = encode(AccessControlPolicy, { grants: [{ grantee, permission: 'FULL_CONTROL' }], owner });
    expect(xml).toBe(
      '<AccessControlPolicy><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ' +
        `xsi:type="CanonicalUser"><DisplayName>ann</DisplayName><ID>${id}</ID></Grantee>` +
        `<Permission>FULL_CONTROL</Permission></Grant></AccessControlList>${ownerXml}</AccessControlPolicy>`,
    );
  });

  test('the parts of a multipart upload are listed with their checksums', () => {
    const xml =
      '<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Part><ChecksumCRC32>y/Q5Jg==</ChecksumCRC32>' +
      '<ETag>"a"</ETag><PartNumber>1</PartNumber></Part><Part><ETag>b</ETag><PartNumber>2</PartNumber></Part>' +
      '</CompleteMultipartUpload>';
    expect(decode(CompleteMultipartUpload, xml)).toEqual({
      parts: [
        { checksumCrc32: 'y/Q5Jg==', eTag: '"a"', partNumber: 1 },
        { eTag: 'b', partNumber: 2 },
      ],
    });
  });
});
