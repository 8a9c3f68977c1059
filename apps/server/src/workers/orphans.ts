import type { BlobStore } from '@nacre/store/blobs';
import { hoursBefore } from '../clock.ts';
import { isFirstNode } from '../cluster/living-nodes.ts';
import type { ServerContext } from '../context.ts';
import { type FilesOf, unknownIn } from '../unknown-files.ts';
import type { Worker } from './runner.ts';

/** Long enough for any upload or copy that is still under way to get its row. */
const youngHours = 24;

/**
 * Removes what a crash left: part files, and files of blobs that no row knows in that place. Young ones stay: their row
 * may be about to come.
 */
export const orphans: Worker = {
  name: 'orphans',
  everySeconds: 6 * 3600,
  async work(ctx, signal) {
    const { cache, retired, pools } = ctx.places;
    await clean(ctx, cache, { cacheOf: ctx.node.id }, signal);
    for (const [node, store] of retired) await clean(ctx, store, { cacheOf: node }, signal);
    if (!(await isFirstNode(ctx))) return 'done';
    for (const [pool, store] of pools) await clean(ctx, store, { pool }, signal);
    return 'done';
  },
};

async function clean(ctx: ServerContext, files: BlobStore, place: FilesOf, signal: AbortSignal): Promise<void> {
  const { store, log } = ctx;
  const before = hoursBefore(ctx.clock.now(), youngHours);
  for await (const part of files.parts()) {
    if (signal.aborted) return;
    if (part.writtenAt < before) await files.removePart(part.name);
  }
  for await (const id of unknownIn(store.db, files, place)) {
    if (signal.aborted) return;
    const found = await files.stat(id);
    if (!found || found.storedAt >= before) continue;
    await files.remove(id);
    log.warn({ blob: id, ...place, msg: 'a file that no row knows was removed' });
  }
}
