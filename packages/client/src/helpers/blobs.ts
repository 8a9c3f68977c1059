import type { BlobEntry, MasterObjectList } from '@nacre/model';

/** All blobs of a job, chunk by chunk. */
export function blobsOf(job: Pick<MasterObjectList, 'objects'>): BlobEntry[] {
  return job.objects.flatMap((chunk) => chunk.objects);
}

/**
 * What tells a blob from the others of its job: the object and its version, and where in it the blob begins.
 * Not the blob's id, which old systems leave out.
 */
export function blobKey({ name, versionId, offset }: Pick<BlobEntry, 'name' | 'versionId' | 'offset'>): string {
  return `${offset} ${versionId ?? ''} ${name}`;
}

export function byKey(blobs: readonly BlobEntry[]): Map<string, BlobEntry> {
  return new Map(blobs.map((blob) => [blobKey(blob), blob]));
}

export function totalLength(blobs: Iterable<Pick<BlobEntry, 'length'>>): number {
  let bytes = 0;
  for (const blob of blobs) bytes += blob.length;
  return bytes;
}

/** The sizes of the objects that blobs make up, by name. */
export function sizesOf(blobs: Iterable<Pick<BlobEntry, 'name' | 'offset' | 'length'>>): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { name, offset, length } of blobs) {
    sizes.set(name, Math.max(sizes.get(name) ?? 0, offset + length));
  }
  return sizes;
}

/** How far a job has come. */
export interface Progress {
  readonly jobId: string;
  readonly blobs: number;
  readonly totalBlobs: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

/** Counts blobs that are done and tells whoever wants to know. */
export function progressOf(
  jobId: string,
  blobs: readonly BlobEntry[],
  onProgress: ((progress: Progress) => void) | undefined,
): { done(blob: BlobEntry): void } {
  const totalBlobs = blobs.length;
  const totalBytes = totalLength(blobs);
  let count = 0;
  let bytes = 0;
  return {
    done({ length }) {
      count += 1;
      bytes += length;
      onProgress?.({ jobId, blobs: count, totalBlobs, bytes, totalBytes });
    },
  };
}
