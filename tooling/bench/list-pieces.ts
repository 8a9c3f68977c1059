import { decodeBatches, MasterObjectList } from '@nacre/model';

/** Bytes in which a list is read. */
export const pieceLength = 64 * 1024;

/** Reads a list in batches and keeps none. Errors: when it does not have so many objects. */
export async function countObjects(pieces: AsyncIterable<Uint8Array>, expected: number): Promise<void> {
  let seen = 0;
  const growing = { list: 'objects', within: 'objects' } as const;
  for await (const { entries } of decodeBatches(MasterObjectList, growing, pieces)) {
    for (const chunk of entries) seen += chunk.objects.length;
  }
  if (seen !== expected) throw new Error(`${seen} of ${expected} objects were read`);
}
