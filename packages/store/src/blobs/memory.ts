import { blobName, blobNotFound, inspect, rangeWithin } from './blob-rules.ts';
import type { BlobReading, BlobStore, ExpectedBlob, StoredBlob } from './blob-store.ts';

/** Blobs in the memory of this process, for tests. */
export function createMemoryBlobStore(): BlobStore {
  const blobs = new Map<string, { readonly bytes: Buffer; readonly storedAt: Date }>();

  async function put(
    id: string,
    source: AsyncIterable<Uint8Array>,
    expected: ExpectedBlob,
    signal?: AbortSignal,
  ): Promise<StoredBlob> {
    const name = blobName(id);
    const inspection = inspect(expected);
    const pieces: Uint8Array[] = [];
    for await (const piece of source) {
      signal?.throwIfAborted();
      inspection.take(piece);
      pieces.push(piece);
    }
    signal?.throwIfAborted();
    const checksums = inspection.end();
    const replaced = blobs.get(name)?.bytes.length;
    blobs.set(name, { bytes: Buffer.concat(pieces), storedAt: new Date() });
    return { length: expected.length, checksums, replaced };
  }

  return {
    put,
    async copyFrom(from, id, expected, signal) {
      const reading = await from.read(id);
      try {
        return await put(id, reading.bytes, expected, signal);
      } finally {
        await reading.close();
      }
    },
    async read(id, range): Promise<BlobReading> {
      const found = blobs.get(blobName(id));
      if (!found) throw blobNotFound(id);
      const { offset, length } = rangeWithin(found.bytes.length, range);
      return {
        length,
        bytes: inOnePiece(Buffer.from(found.bytes.subarray(offset, offset + length))),
        close: async () => {},
      };
    },
    async stat(id) {
      const found = blobs.get(blobName(id));
      return found && { length: found.bytes.length, storedAt: found.storedAt };
    },
    async remove(id) {
      const name = blobName(id);
      const length = blobs.get(name)?.bytes.length;
      blobs.delete(name);
      return length;
    },
    async *list() {
      yield* [...blobs.keys()];
    },
    async *parts() {},
    async removePart() {},
    state: () => ({ writable: true, reason: undefined }),
    space: async () => undefined,
    localPath: () => undefined,
  };
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}
