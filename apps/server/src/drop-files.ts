import { type Database, type DroppedBlobs, forgetDropped, lockDropped } from '@nacre/store';
import type { BlobStore } from '@nacre/store/blobs';

/**
 * Removes the files of blobs whose rows are gone from these places: first the file, then the note of it. The note is
 * locked meanwhile, so that nobody writes the blob anew just before its file is removed. Answers how many notes it took.
 */
export async function removeDroppedFiles(
  store: Database,
  places: ReadonlyMap<string, BlobStore>,
  which: DroppedBlobs,
): Promise<number> {
  return store.tx(
    async (tx) => {
      const dropped = await lockDropped(tx, [...places.keys()], which);
      for (const { blobId, placeId, wanted } of dropped) {
        if (!wanted) await places.get(placeId)?.remove(blobId);
        await forgetDropped(tx, [blobId], placeId);
      }
      return dropped.length;
    },
    { idempotent: true },
  );
}
