import { type ByteBody, type ChecksumType, Ds3Error } from '@nacre/model';
import { findBlobsToCopy, type SystemMetadata } from '@nacre/store';
import { checksum, isChecksum, type StoredBlob } from '@nacre/store/blobs';
import type { RequestContext } from '../context.ts';
import { readsCompare } from './download.ts';

/** A blob that a client is about to send, as its job planned it. */
export interface ExpectedBlob {
  readonly blobId: string;
  readonly objectId: string;
  readonly chunkId: string;
  readonly jobId: string;
  readonly name: string;
  readonly length: number;
  /** Of an earlier upload; null when there was none. */
  readonly checksum: string | null;
  readonly checksumType: ChecksumType | null;
}

export interface Upload {
  readonly body: ByteBody;
  /** What the client says the bytes have, base64. */
  readonly checksums: readonly { readonly type: ChecksumType; readonly base64: string }[];
  /** The type that the blob keeps. */
  readonly keep: ChecksumType;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  /** Asked for when the bytes have been read. */
  readonly systemMetadata: () => SystemMetadata | undefined;
}

/**
 * Takes in a blob: bytes into the cache, synced, then the row, then the answer. Answers the checksum it keeps, base64.
 *
 * Sending a blob again with the same bytes succeeds and changes nothing. One blob is received by one call at a time,
 * which has looked at the blob since the turn before its own ended (`ctx.uploads`). Errors: `MissingContentLength`,
 * `InvalidArgument` (another length than planned), `InvalidDigest`, `BadDigest`, `IncompleteBody`, `Conflict` (other
 * bytes than the blob has), `Gone` (its job was cancelled meanwhile), `SlowDown` (the cache is full).
 */
export async function receiveBlob(ctx: RequestContext, blob: ExpectedBlob, upload: Upload): Promise<string> {
  checkLength(blob, upload.body.length);
  needChecksums(blob.name, upload.checksums);
  const known = knownChecksum(blob);
  const kept = await (known ? compareAgain(ctx, blob, upload, known) : storeFirst(ctx, blob, upload));
  return kept.base64;
}

/** Errors: `InvalidDigest` for what cannot be a checksum of its type. */
export function needChecksums(name: string, sent: Upload['checksums']): void {
  const wrong = sent.find(({ type, base64 }) => !isChecksum(type, base64));
  if (!wrong) return;
  throw new Ds3Error('InvalidDigest', {
    resource: name,
    message: `'${wrong.base64}' is not a ${wrong.type} in base64.`,
  });
}

interface KeptChecksum {
  readonly type: ChecksumType;
  readonly base64: string;
}

function knownChecksum({ checksum: base64, checksumType: type }: ExpectedBlob): KeptChecksum | undefined {
  return base64 === null || type === null ? undefined : { type, base64 };
}

function checkLength({ name, length }: ExpectedBlob, sent: number | undefined): void {
  if (sent === undefined) throw new Ds3Error('MissingContentLength', { resource: name });
  if (sent === length) return;
  throw new Ds3Error('InvalidArgument', {
    resource: name,
    message: `The blob of '${name}' has ${length} bytes in its job; the request sends ${sent}.`,
  });
}

async function storeFirst(ctx: RequestContext, blob: ExpectedBlob, upload: Upload): Promise<KeptChecksum> {
  ctx.admit();
  const { cache } = ctx.places;
  const expected = {
    length: blob.length,
    checksums: upload.checksums,
    compute: [upload.keep, readsCompare],
    ownsPieces: true,
  };
  const stored = await cache.put(blob.blobId, upload.body.bytes, expected);
  const base64 = computed(stored, upload.keep);
  const { blobId, objectId, chunkId, jobId } = blob;
  const outcome = await ctx.receipts.record({
    blobId,
    objectId,
    chunkId,
    jobId,
    nodeId: ctx.node.id,
    checksumType: upload.keep,
    checksum: base64,
    crc32: computed(stored, readsCompare),
    metadata: upload.metadata,
    systemMetadata: upload.systemMetadata(),
  });
  if (outcome === 'gone') {
    await cache.remove(blobId);
    throw new Ds3Error('Gone', {
      resource: blob.name,
      message: `The job ${jobId} ended while '${blob.name}' was sent.`,
    });
  }
  if (outcome === 'again') await giveWay(ctx, blob, { type: upload.keep, base64 });
  return { type: upload.keep, base64 };
}

/**
 * The blob was received already, as far as this node knows by another one at the same time: that one's bytes are the
 * blob's, and those here go. Errors: `Conflict` when they are others.
 */
async function giveWay(ctx: RequestContext, blob: ExpectedBlob, sent: KeptChecksum): Promise<void> {
  const [kept] = await findBlobsToCopy(ctx.store.db, [blob.blobId]);
  if (kept?.cacheNodeId !== ctx.node.id) await ctx.places.cache.remove(blob.blobId);
  if (kept?.checksum !== sent.base64 || kept.checksumType !== sent.type) throw otherBytes(blob);
}

export function computed({ checksums }: Pick<StoredBlob, 'checksums'>, type: ChecksumType): string {
  const base64 = checksums[type];
  if (base64 === undefined) throw new Error(`the cache did not compute ${type}`);
  return base64;
}

/** The blob is here: its bytes are read and compared, and stored no second time. */
async function compareAgain(
  ctx: RequestContext,
  blob: ExpectedBlob,
  upload: Upload,
  known: KeptChecksum,
): Promise<KeptChecksum> {
  ctx.admit();
  const digests = [checksum(known.type), ...upload.checksums.map(({ type }) => checksum(type))];
  let length = 0;
  for await (const piece of upload.body.bytes) {
    for (const digest of digests) digest.update(piece);
    length += piece.length;
  }
  if (length !== blob.length) throw new Ds3Error('IncompleteBody', { resource: blob.name });
  const [own, ...sent] = digests.map((digest) => digest.digest());
  if (upload.checksums.some(({ base64 }, i) => sent[i] !== base64)) {
    throw new Ds3Error('BadDigest', { resource: blob.name });
  }
  if (own === known.base64) return known;
  throw otherBytes(blob);
}

function otherBytes({ name }: ExpectedBlob): Ds3Error {
  return new Ds3Error('Conflict', {
    resource: name,
    message: `The blob of '${name}' was received before with other bytes.`,
  });
}
