import { type contract, Ds3Error, type Input, type Page, type PhysicalPlacement, type PlacedBlob } from '@nacre/model';
import {
  type BlobRow,
  type BucketRow,
  findLatestObjects,
  findObjectsById,
  listBlobsOfObjects,
  listBlobsOnPool,
  listCopies,
  needPool,
  needStorageDomain,
  type ObjectRow,
} from '@nacre/store';
import type { Handlers, Received, RequestContext } from '../context.ts';
import { coveringBlobs } from '../domain/cover-ranges.ts';
import { needAdministrator } from '../domain/permissions.ts';
import { Streamed } from '../http/streamed.ts';
import { describePlacedBlob, placementOn } from './blob-answer.ts';
import { needBucketTo } from './bucket-rights.ts';
import { idOf } from './lookup.ts';
import { describePools, type FoundPool } from './pool-answer.ts';

type Asked = Received<Input<(typeof contract)['ds3']['getPhysicalPlacementForObjects']>>;

export const placement = {
  async getPhysicalPlacementForObjects(ctx, input) {
    return summaryOf(await locate(ctx, input));
  },

  async getPhysicalPlacementForObjectsWithFullDetails(ctx, input) {
    return detailsOf(await locate(ctx, input));
  },

  async verifyPhysicalPlacementForObjects(ctx, input) {
    return summaryOf(needPlaced(await locate(ctx, input)));
  },

  async verifyPhysicalPlacementForObjectsWithFullDetails(ctx, input) {
    return detailsOf(needPlaced(await locate(ctx, input)));
  },

  async getBlobsOnPool(ctx, { id }) {
    needAdministrator(ctx.caller, 'list all that is on a pool');
    const pool = await needPool(ctx.store.db, id);
    return new Streamed({ items: [], total: 0, remaining: 0 }, 'items', blobsOnPool(ctx, pool.id));
  },
} satisfies Handlers<'ds3'>;

interface Located {
  readonly bucket: BucketRow;
  /** The names that were asked for and are not there, or not these versions of them. */
  readonly missing: readonly string[];
  readonly blobs: readonly LocatedBlob[];
}

interface LocatedBlob {
  readonly blob: BlobRow;
  readonly object: ObjectRow;
  /** Those of the storage domain, where one was named. */
  readonly pools: readonly FoundPool[];
}

/** Where the blobs of the named objects are, or those that cover a range of one. Errors: `InvalidArgument`. */
async function locate(ctx: RequestContext, { id, body, storageDomain }: Asked): Promise<Located> {
  const { db } = ctx.store;
  const bucket = await needBucketTo(ctx, 'LIST', id);
  const asked = [...body.objects];
  if (asked.length === 0) throw new Ds3Error('InvalidArgument', { message: 'The list of objects is empty.' });
  if (asked.length > ctx.config.maxObjectsPerJob) {
    throw new Ds3Error('InvalidArgument', {
      message: `A request names at most ${ctx.config.maxObjectsPerJob} objects; ${asked.length} are listed.`,
    });
  }
  const domainId = await idOf(db, needStorageDomain, storageDomain);
  const pools = (await describePools(ctx, {})).filter(
    ({ members }) => domainId === undefined || members.some(({ storageDomainId }) => storageDomainId === domainId),
  );
  const names = asked.filter(({ versionId }) => versionId === undefined).map(({ name }) => name);
  const latest = new Map((await findLatestObjects(db, bucket.id, names)).map((object) => [object.name, object]));
  const ids = asked.flatMap(({ versionId }) => versionId ?? []);
  const versions = new Map((await findObjectsById(db, ids)).map((object) => [object.id, object]));
  const found = asked.map((one) => {
    const object = one.versionId === undefined ? latest.get(one.name) : versions.get(one.versionId);
    return { one, object: object?.bucketId === bucket.id && object.name === one.name ? object : undefined };
  });
  const missing = found.filter(({ object }) => object === undefined).map(({ one }) => one.name);
  const objectIds = [...new Set(found.flatMap(({ object }) => object?.id ?? []))];
  const byObject = Map.groupBy(await listBlobsOfObjects(db, objectIds), ({ objectId }) => objectId);
  const wanted = new Map<string, { readonly blob: BlobRow; readonly object: ObjectRow }>();
  for (const { one, object } of found) {
    if (!object) continue;
    for (const blob of coveringBlobs(one, byObject.get(object.id) ?? [])) wanted.set(blob.id, { blob, object });
  }
  const copies = await listCopies(db, [...wanted.keys()]);
  const poolsById = new Map(pools.map((found) => [found.pool.id, found]));
  const blobs = [...wanted.values()].map(({ blob, object }) => {
    const on = (copies.get(blob.id) ?? []).flatMap((poolId) => poolsById.get(poolId) ?? []);
    return { blob, object, pools: on };
  });
  return { bucket, missing, blobs: blobs.sort(inOrder) };
}

/** By name, version and offset. */
function inOrder(a: LocatedBlob, b: LocatedBlob): number {
  const byName = Buffer.compare(Buffer.from(a.object.name), Buffer.from(b.object.name));
  if (byName !== 0) return byName;
  if (a.object.id !== b.object.id) return a.object.id < b.object.id ? -1 : 1;
  return a.blob.byteOffset - b.blob.byteOffset;
}

/** Errors: `NotFound` when an object is missing, or a blob of one has no permanent copy. */
function needPlaced(located: Located): Located {
  const [missing] = located.missing;
  if (missing !== undefined) {
    throw new Ds3Error('NotFound', { resource: missing, message: `There is no object '${missing}'.` });
  }
  const nowhere = located.blobs.find(({ pools }) => pools.length === 0);
  if (!nowhere) return located;
  const { name } = nowhere.object;
  throw new Ds3Error('NotFound', {
    resource: name,
    message: `The blob of '${name}' at offset ${nowhere.blob.byteOffset} has no permanent copy there.`,
  });
}

function summaryOf({ blobs }: Located): PhysicalPlacement {
  const pools = new Map(blobs.flatMap(({ pools: on }) => on.map(({ pool, answer }) => [pool.id, answer])));
  return placementOn([...pools.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
}

function detailsOf({ blobs, bucket }: Located): Page<PlacedBlob> {
  const items = blobs.map(({ blob, object, pools }) =>
    describePlacedBlob(blob, object, bucket.name, placementOn(pools.map(({ answer }) => answer))),
  );
  return { items, total: items.length, remaining: 0 };
}

const blobsAtOnce = 5000;

async function* blobsOnPool({ store }: RequestContext, poolId: string): AsyncGenerator<PlacedBlob[], void> {
  for (let after: string | undefined; ; ) {
    const some = await listBlobsOnPool(store.db, poolId, { after, atMost: blobsAtOnce });
    yield some.map(({ blob, object, bucket }) => describePlacedBlob(blob, object, bucket.name));
    after = some.at(-1)?.blob.id;
    if (some.length < blobsAtOnce) return;
  }
}
