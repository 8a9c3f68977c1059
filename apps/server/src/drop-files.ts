import { type Database, forgetDropped, lockDropped } from '@nacre/store';
import type { BlobStore } from '@nacre/store/blobs';
import type { RoomyCache } from './cache-room.ts';

export interface FilesToDrop {
  readonly atMost: number;
  /** Of these blobs alone. */
  readonly blobIds?: readonly string[];
  /** What is being brought into the cache that is among the places: its files and its notes stay. */
  readonly coming?: RoomyCache['coming'];
}

/**
 * Removes the files of blobs whose rows are gone from these places: first the file, then the note of it. The note is
 * locked meanwhile, so that nobody writes the blob anew just before its file is removed. Answers how many notes it took.
 */
export async function removeDroppedFiles(
  store: Database,
  places: ReadonlyMap<string, BlobStore>,
  { atMost, blobIds, coming = new Set() }: FilesToDrop,
): Promise<number> {
  return store.tx(
    async (tx) => {
      const which = { atMost, except: [...coming].flat(), ...(blobIds && { blobIds }) };
      const dropped = await lockDropped(tx, [...places.keys()], which);
      // What began to come before its note was locked is known by now; what begins later waits for the note.
      const stay = new Set([...coming].flat());
      const going = dropped.filter(({ blobId }) => !stay.has(blobId));
      for (const { blobId, placeId, wanted } of going) {
        if (!wanted) await places.get(placeId)?.remove(blobId);
        await forgetDropped(tx, [blobId], placeId);
      }
      return going.length;
    },
    { idempotent: true },
  );
}
