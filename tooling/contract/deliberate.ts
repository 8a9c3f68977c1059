import type { Difference } from './differences.ts';

/** A difference that is meant, and why. */
export interface Deliberate {
  readonly subject: string;
  readonly problem: string;
  readonly reason: string;
}

/** Where we do not know, or take otherwise, what a contract says. */
export const deliberate: readonly Deliberate[] = [
  {
    subject: 'BlobEntry',
    problem: 'lacks PhysicalPlacement',
    reason: 'Jobs never say where blobs are. Answers about placement use PlacedBlob, which has it.',
  },
  {
    subject: 'GenericDaoNotificationPayload',
    problem: 'missing',
    reason: 'Only registrations that the vendor classifies as internal are told with it.',
  },
];

/** What is here only, or weaker here than in every contract; found with `--exact`. */
export const additions: readonly Deliberate[] = [
  ...because('S3 clients of today send it.', 's3.getBucket', [
    'the parameter continuation-token is here only',
    'the parameter encoding-type is here only',
    'the parameter key_marker is here only',
    'the parameter list-type is here only',
    'the parameter start-after is here only',
    'the parameter version_id_marker is here only',
  ]),
  ...because('S3 clients of today send it.', 's3.listMultiPartUploads', ['the parameter encoding-type is here only']),
  ...['s3.getObject', 's3.headObject'].flatMap((subject) =>
    because('S3 clients have headers of the answer replaced.', subject, [
      'the parameter response-cache-control is here only',
      'the parameter response-content-disposition is here only',
      'the parameter response-content-encoding is here only',
      'the parameter response-content-language is here only',
      'the parameter response-content-type is here only',
      'the parameter response-expires is here only',
    ]),
  ),
  ...['s3.getObject', 's3.headObject'].flatMap((subject) =>
    because('S3 clients read objects by their parts.', subject, ['the parameter part_number is here only']),
  ),
  ...['CompleteMultipartUploadResult', 'MultipartPart'].flatMap((subject) =>
    because('S3 clients of today compare it.', subject, [
      'ChecksumCRC32 is here only',
      'ChecksumCRC32C is here only',
      'ChecksumCRC64NVME is here only',
      'ChecksumSHA1 is here only',
      'ChecksumSHA256 is here only',
    ]),
  ),
  ...because('S3 clients of today compare it.', 'CompleteMultipartUploadResult', ['ChecksumType is here only']),
  ...because('S3 clients of today read it in the listings that they ask for.', 'ListBucketResult', [
    'ContinuationToken is here only',
    'EncodingType is here only',
    'KeyCount is here only',
    'KeyMarker is here only',
    'NextContinuationToken is here only',
    'NextKeyMarker is here only',
    'NextVersionIdMarker is here only',
    'StartAfter is here only',
    'VersionIdMarker is here only',
  ]),
  ...because('The empty element that stands for no marker is read as `null`.', 'ListBucketResult', [
    'NextMarker is nullable here, always there in every contract',
  ]),
  ...because('The empty element that stands for no marker or filter is read as `null`.', 'ListMultipartUploadsResult', [
    'Delimiter is nullable here, always there in every contract',
    'KeyMarker is nullable here, always there in every contract',
    'NextKeyMarker is nullable here, always there in every contract',
    'NextUploadIdMarker is nullable here, always there in every contract',
    'Prefix is nullable here, always there in every contract',
    'UploadIdMarker is nullable here, always there in every contract',
  ]),
  ...because('S3 clients of today read it.', 'MultipartPart', ['Size is here only']),
  ...because('Errors of S3 systems and of proxies are read as well, and they leave it out.', 'ErrorBody', [
    'HttpErrorCode is maybe here, always there in every contract',
    'Message is maybe here, always there in every contract',
    'Resource is maybe here, always there in every contract',
    'ResourceId is maybe here, always there in every contract',
  ]),
  ...because('S3 systems send it in place of ResourceId.', 'ErrorBody', ['RequestId is here only']),
];

function because(reason: string, subject: string, problems: readonly string[]): Deliberate[] {
  return problems.map((problem) => ({ subject, problem, reason }));
}

/** The differences that nobody meant, and the entries that nothing needs any more. */
export function sorted(
  found: readonly Difference[],
  meant: readonly Deliberate[],
): { readonly unmeant: readonly Difference[]; readonly unneeded: readonly Deliberate[] } {
  const isSame = (a: Pick<Difference, 'subject' | 'problem'>, b: Deliberate) =>
    a.subject === b.subject && a.problem === b.problem;
  return {
    unmeant: found.filter((difference) => !meant.some((entry) => isSame(difference, entry))),
    unneeded: meant.filter((entry) => !found.some((difference) => isSame(difference, entry))),
  };
}
