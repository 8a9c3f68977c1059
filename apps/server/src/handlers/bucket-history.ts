import { listBuckets, listHistory, numberHistory } from '@nacre/store';
import type { Handlers } from '../context.ts';
import { describePage, pageRequest } from '../domain/page.ts';
import { needBucketTo } from './bucket-rights.ts';
import { visibleTo } from './buckets.ts';

/** What happened to objects: of one bucket, or of all that the caller may list; administrators see deleted ones too. */
export const bucketHistory = {
  async getBucketHistory(ctx, { bucketId, minSequenceNumber: from, ...page }) {
    const { db } = ctx.store;
    const wanted = pageRequest(page);
    const bucketIds = await wantedBuckets();
    await ctx.store.tx((tx) => numberHistory(tx), { idempotent: true });
    return describePage(await listHistory(db, { bucketIds, from }, wanted), ({ sequenceNumber, ...event }) => ({
      bucketId: event.bucketId,
      id: event.id,
      objectCreationDate: event.objectCreationDate,
      objectName: event.objectName,
      sequenceNumber: sequenceNumber ?? 0,
      type: event.type,
      versionId: event.versionId,
    }));

    async function wantedBuckets(): Promise<string[] | undefined> {
      if (typeof bucketId === 'string') return [(await needBucketTo(ctx, 'LIST', bucketId)).id];
      if (ctx.caller.administrator) return undefined;
      return visibleTo(ctx, await listBuckets(db)).map(({ id }) => id);
    }
  },
} satisfies Handlers<'ds3'>;
