import type { ChecksumType } from '@nacre/model';
import { type BlobStore, checksum } from '@nacre/store/blobs';

interface ExpectedCopy {
  readonly blobId: string;
  /** Bytes. */
  readonly length: number;
  /** Base64. */
  readonly checksum: string | null;
  readonly checksumType: ChecksumType | null;
}

/** Reads a copy to its end. Answers what is wrong with it, for people; `undefined` when it is what it should be. */
export async function whatIsWrong(store: BlobStore, expected: ExpectedCopy): Promise<string | undefined> {
  if (expected.checksum === null || expected.checksumType === null) return 'has no checksum to compare with';
  const digest = checksum(expected.checksumType);
  let length = 0;
  try {
    const { bytes } = await store.read(expected.blobId);
    for await (const piece of bytes) {
      digest.update(piece);
      length += piece.length;
    }
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (length !== expected.length) return `has ${length} bytes instead of ${expected.length}`;
  return digest.digest() === expected.checksum ? undefined : 'differs from its checksum';
}
