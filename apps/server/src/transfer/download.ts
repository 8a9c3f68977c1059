import { type ByteBody, Ds3Error } from '@nacre/model';
import { type BlobRow, listCopies } from '@nacre/store';
import type { BlobStore } from '@nacre/store/blobs';
import type { ServerContext } from '../context.ts';
import type { ByteRange } from '../domain/byte-ranges.ts';

type Reading = Pick<ServerContext, 'store' | 'places' | 'node' | 'log'>;
type StoredBlob = Pick<BlobRow, 'id' | 'byteOffset' | 'length' | 'cacheNodeId'>;

/**
 * The bytes of ranges of an object, one after the other, whichever blobs they are in; read from the cache, or else
 * from a permanent copy. `beforeLast` runs when all but the last piece has been handed on: what must be true once the
 * client has its last byte is made true there.
 *
 * Errors: `ServiceUnavailable` when no copy of a blob can be read.
 */
export function readRanges(
  ctx: Reading,
  blobs: readonly StoredBlob[],
  ranges: readonly ByteRange[],
  beforeLast: () => Promise<void> = async () => {},
): ByteBody {
  const length = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return { length, bytes: holdingBackLast(piecesOf(ctx, blobs, ranges), beforeLast) };
}

async function* piecesOf(
  ctx: Reading,
  blobs: readonly StoredBlob[],
  ranges: readonly ByteRange[],
): AsyncGenerator<Uint8Array, void> {
  const copies = await listCopies(
    ctx.store.db,
    blobs.filter(({ cacheNodeId }) => cacheNodeId !== ctx.node.id).map(({ id }) => id),
  );
  for (const { first, last } of ranges) {
    for (const blob of blobs) {
      const from = Math.max(first, blob.byteOffset);
      const to = Math.min(last + 1, blob.byteOffset + blob.length);
      if (from >= to) continue;
      const range = { offset: from - blob.byteOffset, length: to - from };
      const { bytes } = await openBlob(ctx, blob, copies.get(blob.id) ?? [], range);
      yield* bytes;
    }
  }
}

async function openBlob(
  ctx: Reading,
  blob: StoredBlob,
  poolIds: readonly string[],
  range: { readonly offset: number; readonly length: number },
) {
  const places: BlobStore[] = blob.cacheNodeId === ctx.node.id ? [ctx.places.cache] : [];
  for (const id of poolIds) {
    const pool = ctx.places.pools.get(id);
    if (pool) places.push(pool);
  }
  for (const place of places) {
    try {
      return await place.read(blob.id, range);
    } catch (error) {
      ctx.log.error({ blob: blob.id, err: error, msg: 'a copy of the blob cannot be read' });
    }
  }
  throw new Ds3Error('ServiceUnavailable', {
    resource: blob.id,
    message: `No copy of the blob ${blob.id} can be read now.`,
  });
}

async function* holdingBackLast(
  pieces: AsyncIterable<Uint8Array>,
  beforeLast: () => Promise<void>,
): AsyncGenerator<Uint8Array, void> {
  let held: Uint8Array | undefined;
  for await (const piece of pieces) {
    if (held) yield held;
    held = piece;
  }
  await beforeLast();
  if (held) yield held;
}
