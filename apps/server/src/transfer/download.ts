import { type ByteBody, Ds3Error } from '@nacre/model';
import { type BlobRow, dropFromCache, listCopies, noteSuspect } from '@nacre/store';
import { type BlobStore, checksum } from '@nacre/store/blobs';
import type { ServerContext } from '../context.ts';
import type { ByteRange } from '../domain/byte-ranges.ts';

type Reading = Pick<ServerContext, 'store' | 'places' | 'node' | 'log' | 'clock' | 'ids'>;
type StoredBlob = Pick<BlobRow, 'id' | 'byteOffset' | 'length' | 'cacheNodeId' | 'checksum' | 'checksumType'>;

/**
 * The bytes of ranges of an object, one after the other, whichever blobs they are in; read from the cache, or else
 * from a permanent copy. `beforeLast` runs when all but the last piece has been handed on: what must be true once the
 * client has its last byte is made true there.
 *
 * A blob that is read whole is compared with its checksum before its last piece is handed on. A copy that cannot be
 * read, or differs, is noted, and another one takes its place as long as none of its bytes have been handed on; bytes
 * that cannot be read are taken from another copy at any time. Errors: `ServiceUnavailable` when no copy is left.
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
  const elsewhere = blobs.filter(({ cacheNodeId }) => cacheNodeId !== ctx.node.id).map(({ id }) => id);
  const copies = await listCopies(ctx.store.db, elsewhere);
  for (const { first, last } of ranges) {
    for (const blob of blobs) {
      const from = Math.max(first, blob.byteOffset);
      const to = Math.min(last + 1, blob.byteOffset + blob.length);
      if (from >= to) continue;
      const range = { offset: from - blob.byteOffset, length: to - from };
      yield* readBlob(ctx, blob, range, copiesOf(ctx, blob, copies.get(blob.id)));
    }
  }
}

/** A place that should have a blob. */
interface Copy {
  readonly store: BlobStore;
  /** `undefined` for the cache. */
  readonly poolId: string | undefined;
}

/** The cache first; permanent copies are asked for when they are needed, those that are suspect last. */
async function* copiesOf(
  { store, places, node }: Reading,
  blob: StoredBlob,
  known: readonly string[] | undefined,
): AsyncGenerator<Copy, void> {
  if (blob.cacheNodeId === node.id) yield { store: places.cache, poolId: undefined };
  const poolIds = known ?? (await listCopies(store.db, [blob.id])).get(blob.id) ?? [];
  for (const poolId of poolIds) {
    const pool = places.pools.get(poolId);
    if (pool) yield { store: pool, poolId };
  }
}

async function* readBlob(
  ctx: Reading,
  blob: StoredBlob,
  range: { readonly offset: number; readonly length: number },
  copies: AsyncIterable<Copy>,
): AsyncGenerator<Uint8Array, void> {
  const { id, length, checksum: expected, checksumType } = blob;
  const isWhole = range.offset === 0 && range.length === length;
  const newDigest = () => (isWhole && expected !== null && checksumType !== null ? checksum(checksumType) : undefined);
  let digest = newDigest();
  let sent = 0;
  for await (const copy of copies) {
    let held: Uint8Array | undefined;
    try {
      const { bytes } = await copy.store.read(id, { offset: range.offset + sent, length: range.length - sent });
      for await (const piece of bytes) {
        if (held) {
          digest?.update(held);
          sent += held.length;
          yield held;
        }
        held = piece;
      }
    } catch (error) {
      await noteDamage(ctx, id, copy, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      continue;
    }
    if (held) digest?.update(held);
    if (digest && digest.digest() !== expected) {
      await noteDamage(ctx, id, copy, 'differs from its checksum');
      // What has gone out cannot be called back: the client is told by an answer that ends too early.
      if (sent > 0) break;
      digest = newDigest();
      continue;
    }
    if (held) yield held;
    return;
  }
  throw new Ds3Error('ServiceUnavailable', { resource: id, message: `No copy of the blob ${id} can be read now.` });
}

/** A damaged copy is not read again where there is another; noting it must not keep its reader from the others. */
async function noteDamage(ctx: Reading, blobId: string, { poolId }: Copy, problem: string): Promise<void> {
  const { store, node, log, clock, ids } = ctx;
  log.error({
    blob: blobId,
    ...(poolId === undefined ? { cacheOf: node.id } : { pool: poolId }),
    problem,
    msg: 'a copy is damaged',
  });
  try {
    if (poolId === undefined) {
      await store.tx((tx) => dropFromCache(tx, node.id, blobId), { idempotent: true });
    } else {
      await noteSuspect(store.db, { id: ids.next(), blobId, poolId }, { problem, now: clock.now() });
    }
  } catch (error) {
    log.warn({ blob: blobId, err: error, msg: 'a damaged copy could not be noted' });
  }
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
