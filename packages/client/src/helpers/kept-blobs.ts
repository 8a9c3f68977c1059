import { isDs3Error } from '@nacre/model';
import type { Checksum, ChecksumName } from '../checksum.ts';
import type { Client } from '../create-client.ts';

/** A blob that a system has, in its cache or on permanent storage. */
export interface KeptBlob extends Checksum {
  readonly length: number;
}

/** Of how many blobs one question is. */
const atOnce = 5000;

/**
 * What a system says of the blobs it has, by their ids: many in one question, in the form that docs/compatibility.md
 * describes. Systems that do not know it, as those of the vendor, say nothing of any: the answer is empty then.
 */
export async function keptBlobs(
  client: Client,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, KeptBlob>> {
  const kept = new Map<string, KeptBlob>();
  for (let from = 0; from < ids.length; from += atOnce) {
    const body = JSON.stringify({ blobs: ids.slice(from, from + atOnce) });
    const answer = await client.ds3.getBlobPersistence({ body }, { signal }).catch((error: unknown) => {
      if (isDs3Error(error)) return undefined;
      throw error;
    });
    const blobs = answer && blobsIn(answer.text);
    if (!blobs) return new Map();
    for (const { id, length, checksumType, checksum, inCache, permanentCopies } of blobs) {
      const isThere = inCache === true || Number(permanentCopies) > 0;
      if (isThere && checksumType && checksum) kept.set(id, { length, type: checksumType, value: checksum });
    }
  }
  return kept;
}

interface ToldBlob {
  readonly id: string;
  readonly length: number;
  readonly checksumType: ChecksumName | null;
  readonly checksum: string | null;
  readonly inCache: boolean;
  readonly permanentCopies: number;
}

/** `undefined` when the text is of another form. */
function blobsIn(text: string): readonly ToldBlob[] | undefined {
  try {
    const { blobs } = JSON.parse(text) as { blobs: readonly ToldBlob[] };
    return Array.isArray(blobs) && blobs.every((blob) => typeof blob?.id === 'string') ? blobs : undefined;
  } catch {
    return undefined;
  }
}
