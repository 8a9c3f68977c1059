import { resolve } from 'node:path';
import type { BlobStore } from './blob-store.ts';
import { withFailpoints } from './failing-calls.ts';
import { fileSystemCalls } from './file-system-calls.ts';
import { openFilesystemBlobStore } from './filesystem.ts';
import { createMemoryBlobStore } from './memory.ts';

/** Opens `file:/path/of/a/folder`, the path as it is, or `memory:`. Errors: a plain Error for anything else. */
export async function openBlobStore(url: string): Promise<BlobStore> {
  if (url === 'memory:') return createMemoryBlobStore();
  if (url.startsWith('file:')) {
    return openFilesystemBlobStore(resolve(url.replace(/^file:(\/\/(?=\/))?/, '')), withFailpoints(fileSystemCalls));
  }
  throw new Error(`${url} is no place for blobs: file:/path or memory: is.`);
}
