import { type Db, unknownFiles } from '@nacre/store';
import type { BlobStore } from '@nacre/store/blobs';

/** Whose files they are: the cache of a node, or a pool. */
export type FilesOf = Parameters<typeof unknownFiles>[1];

const filesAtOnce = 1000;

/** The ids of the files in a place that no row knows there. */
export async function* unknownIn(db: Db, files: BlobStore, of: FilesOf): AsyncGenerator<string> {
  let some: string[] = [];
  for await (const id of files.list()) {
    some.push(id);
    if (some.length < filesAtOnce) continue;
    yield* await unknownFiles(db, of, some);
    some = [];
  }
  yield* await unknownFiles(db, of, some);
}
