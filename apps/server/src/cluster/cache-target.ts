import { isUuid } from '@nacre/model';
import type { ByteRange } from '@nacre/store/blobs';

/** A blob in the cache of a node, or a part of it. */
export interface CachedBytes {
  readonly nodeId: string;
  readonly blobId: string;
  readonly range: ByteRange | undefined;
}

const prefix = '/_nacre/cache/';

/** Where a node is asked for bytes of a cache. */
export function cacheTarget({ nodeId, blobId, range }: CachedBytes): string {
  const part = range ? `?offset=${range.offset}&length=${range.length}` : '';
  return `${prefix}${nodeId}/${blobId}${part}`;
}

export function isCacheTarget(target: string): boolean {
  return target.startsWith(prefix);
}

/** `undefined` for what `cacheTarget` does not make. */
export function readCacheTarget(target: string): CachedBytes | undefined {
  const match = /^([0-9a-f-]+)\/([0-9a-f-]+)(?:\?offset=(\d{1,15})&length=(\d{1,15}))?$/.exec(
    isCacheTarget(target) ? target.slice(prefix.length) : '',
  );
  const [, nodeId = '', blobId = '', offset, length] = match ?? [];
  if (!isUuid(nodeId) || !isUuid(blobId)) return undefined;
  const range = offset === undefined ? undefined : { offset: Number(offset), length: Number(length) };
  return { nodeId, blobId, range };
}
