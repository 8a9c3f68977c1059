import { Ds3Error, isUuid } from '@nacre/model';

/** The object that a copy is to be made of. */
export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

/**
 * Reads the header `x-amz-copy-source`: `/bucket/key` or `bucket/key`, percent-encoded, `?versionId=…` behind it for one
 * version. Errors: `InvalidArgument`.
 */
export function readCopySource(header: string): CopySource {
  const [, path = '', versionId] = /^\/?(.*?)(?:\?versionId=([^?]*))?$/s.exec(header) ?? [];
  const decoded = decodePath(path);
  const slash = decoded.indexOf('/');
  const [bucket, key] = [decoded.slice(0, Math.max(0, slash)), decoded.slice(slash + 1)];
  if (bucket === '' || key === '' || decoded.includes('\0')) throw refusal('is not /bucket/key, percent-encoded');
  if (versionId !== undefined && !isUuid(versionId)) throw refusal('names a version that is not a UUID');
  return { bucket, key, versionId };
}

/** Headers are bytes: what is above ASCII in them is UTF-8 that was not encoded. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(path, 'latin1')));
  } catch {
    throw refusal('holds a percent code or a byte that is not UTF-8');
  }
}

/** The bytes of a source that are copied, both ends included: `bytes=first-last`. Errors: `InvalidArgument`. */
export function readCopyRange(header: string, size: number): { readonly first: number; readonly last: number } {
  const [, start, end] = /^bytes=(\d{1,16})-(\d{1,16})$/.exec(header) ?? [];
  const [first, last] = [Number(start), Number(end)];
  if (first <= last && last < size) return { first, last };
  throw new Ds3Error('InvalidArgument', {
    resource: 'x-amz-copy-source-range',
    message: `The range '${header}' is not one of bytes within the ${size} of the source.`,
  });
}

function refusal(problem: string): Ds3Error {
  return new Ds3Error('InvalidArgument', {
    resource: 'x-amz-copy-source',
    message: `The header x-amz-copy-source ${problem}.`,
  });
}
