import { type ByteBody, type ChecksumType, Ds3Error, isDs3Error } from '@nacre/model';
import { type BlobRow, dropFromCache, listCopies, noteSuspect } from '@nacre/store';
import { type BlobSource, type Checksum, checksum } from '@nacre/store/blobs';
import type { ServerContext } from '../context.ts';
import type { ByteRange } from '../domain/byte-ranges.ts';

type Reading = Pick<ServerContext, 'store' | 'places' | 'log' | 'clock' | 'ids'>;
type StoredBlob = Pick<BlobRow, 'id' | 'byteOffset' | 'length' | 'cacheNodeId' | 'checksum' | 'checksumType' | 'crc32'>;

/**
 * The bytes of ranges of an object, one after the other, whichever blobs they are in; read from the cache, or else
 * from a permanent copy. `beforeLast` runs when all but the last piece has been handed on: what must be true once the
 * client has its last byte is made true there.
 *
 * A blob that is read whole is compared before its last piece is handed on: with its CRC-32, since the checksum that it
 * keeps for its clients may take longer than all the rest. A copy that cannot be read, or differs, is noted, and another
 * one takes its place as long as none of its bytes have been handed on; bytes that cannot be read are taken from another
 * copy at any time. Errors: `ServiceUnavailable` when no copy is left.
 */
export function readRanges(
  ctx: Reading,
  blobs: readonly StoredBlob[],
  ranges: readonly ByteRange[],
  beforeLast: () => Promise<void> = async () => {},
): ByteBody {
  const length = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  const stretches = ranges.flatMap((range) => stretchesOf(blobs, range));
  const [only] = stretches;
  const bytes =
    only && stretches.length === 1 ? readBlob(ctx, only, undefined, beforeLast) : readAll(ctx, stretches, beforeLast);
  return { length, bytes };
}

/** Bytes of one blob. */
interface Stretch {
  readonly blob: StoredBlob;
  readonly offset: number;
  readonly length: number;
}

function stretchesOf(blobs: readonly StoredBlob[], { first, last }: ByteRange): Stretch[] {
  return blobs.flatMap((blob) => {
    const from = Math.max(first, blob.byteOffset);
    const to = Math.min(last + 1, blob.byteOffset + blob.length);
    return from < to ? [{ blob, offset: from - blob.byteOffset, length: to - from }] : [];
  });
}

async function* readAll(
  ctx: Reading,
  stretches: readonly Stretch[],
  beforeLast: () => Promise<void>,
): AsyncGenerator<Uint8Array, void> {
  const far = stretches.map(({ blob }) => blob).filter((blob) => !isNear(cachedAt(ctx, blob), blob));
  const copies = await listCopies(ctx.store.db, [...new Set(far.map(({ id }) => id))]);
  for (const [i, stretch] of stretches.entries()) {
    const isLast = i === stretches.length - 1;
    yield* readBlob(ctx, stretch, copies.get(stretch.blob.id), isLast ? beforeLast : undefined);
  }
  if (stretches.length === 0) await beforeLast();
}

/** A place that should have a blob. */
interface Copy {
  readonly source: BlobSource;
  readonly place: { readonly cacheOf: string } | { readonly pool: string };
}

function cachedAt({ places }: Reading, { cacheNodeId }: StoredBlob): Copy | undefined {
  return cacheNodeId === null ? undefined : { source: places.cacheOf(cacheNodeId), place: { cacheOf: cacheNodeId } };
}

/** Whether it is a file here, and not to be asked of another node. */
function isNear(copy: Copy | undefined, { id }: StoredBlob): boolean {
  return copy?.source.localPath(id) !== undefined;
}

/**
 * The cache first, where it is near; permanent copies are asked for when they are needed, those that are suspect last;
 * the cache of a node elsewhere when there is nothing else.
 */
async function* copiesOf(
  ctx: Reading,
  blob: StoredBlob,
  known: readonly string[] | undefined,
): AsyncGenerator<Copy, void> {
  const cached = cachedAt(ctx, blob);
  if (cached && isNear(cached, blob)) yield cached;
  const poolIds = known ?? (await listCopies(ctx.store.db, [blob.id])).get(blob.id) ?? [];
  for (const poolId of poolIds) {
    const pool = ctx.places.pools.get(poolId);
    if (pool) yield { source: pool, place: { pool: poolId } };
  }
  if (cached && !isNear(cached, blob)) yield cached;
}

async function* readBlob(
  ctx: Reading,
  { blob, offset, length }: Stretch,
  known: readonly string[] | undefined,
  beforeLast: (() => Promise<void>) | undefined,
): AsyncGenerator<Uint8Array, void> {
  const { id } = blob;
  const isWhole = offset === 0 && length === blob.length;
  let comparison = isWhole ? comparisonFor(blob) : undefined;
  let sent = 0;
  for await (const copy of copiesOf(ctx, blob, known)) {
    let held: Uint8Array | undefined;
    try {
      const { bytes } = await copy.source.read(id, { offset: offset + sent, length: length - sent });
      for await (const piece of bytes) {
        if (held) {
          comparison?.digest.update(held);
          sent += held.length;
          yield held;
        }
        held = piece;
      }
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (isDs3Error(error, 'ServiceUnavailable')) ctx.log.warn({ blob: id, ...copy.place, problem });
      else await noteDamage(ctx, id, copy, `cannot be read: ${problem}`);
      continue;
    }
    if (held) comparison?.digest.update(held);
    if (comparison && comparison.digest.digest() !== comparison.expected) {
      await noteDamage(ctx, id, copy, 'differs from its checksum');
      // What has gone out cannot be called back: the client is told by an answer that ends too early.
      if (sent > 0) break;
      comparison = comparisonFor(blob);
      continue;
    }
    await beforeLast?.();
    if (held) yield held;
    return;
  }
  throw new Ds3Error('ServiceUnavailable', { resource: id, message: `No copy of the blob ${id} can be read now.` });
}

/** What reads are compared with, whatever the blob keeps for its clients. */
export const readsCompare: ChecksumType = 'CRC_32';

interface Comparison {
  readonly digest: Checksum;
  readonly expected: string;
}

function comparisonFor({ crc32, checksum: base64, checksumType }: StoredBlob): Comparison | undefined {
  if (crc32 !== null) return { digest: checksum(readsCompare), expected: crc32 };
  return base64 === null || checksumType === null ? undefined : { digest: checksum(checksumType), expected: base64 };
}

/** A damaged copy is not read again where there is another; noting it must not keep its reader from the others. */
async function noteDamage(ctx: Reading, blobId: string, { place }: Copy, problem: string): Promise<void> {
  const { store, log, clock, ids } = ctx;
  log.error({ blob: blobId, ...place, problem, msg: 'a copy is damaged' });
  try {
    if ('cacheOf' in place) {
      await store.tx((tx) => dropFromCache(tx, place.cacheOf, blobId), { idempotent: true });
    } else {
      await noteSuspect(store.db, { id: ids.next(), blobId, poolId: place.pool }, { problem, now: clock.now() });
    }
  } catch (error) {
    log.warn({ blob: blobId, err: error, msg: 'a damaged copy could not be noted' });
  }
}
