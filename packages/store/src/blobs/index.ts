export type {
  BlobPart,
  BlobReading,
  BlobSource,
  BlobStore,
  BlobStoreState,
  ByteRange,
  ExpectedBlob,
  ExpectedChecksum,
  StoredBlob,
} from './blob-store.ts';
export { type Cache, type CacheUsage, openCache, type Reservation } from './cache.ts';
export { type Checksum, type Checksums, checksum, isChecksum } from './checksum.ts';
export { type FileSystemCalls, fileSystemCalls } from './file-system-calls.ts';
export { openFilesystemBlobStore } from './filesystem.ts';
export { letGo } from './let-go.ts';
export { openBlobStore } from './open.ts';
export { createTurns } from './turns.ts';
