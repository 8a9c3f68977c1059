import type { Priority } from '@nacre/model';
import type { WaitingChunk } from '@nacre/store';
import { batchesOf } from './batches.ts';

/** Chunks that one task looks at, as urgent as each of them. */
export interface ChunkBundle {
  readonly priority: Priority;
  readonly chunkIds: readonly string[];
  /** Looked at together with others that are. */
  readonly isSmall: boolean;
}

/** Bytes up to which chunks of PUT jobs share a task: to look at each alone would cost more than to copy it. */
const smallBytes = 1024 * 1024;
const mostTogether = 100;

/**
 * Divides chunks into tasks. Small ones that are to be persisted share one: those of objects that were sent without a
 * job, which make one of their own. All others have a task each, so that several are worked on at a time.
 */
export function bundleChunks(chunks: readonly WaitingChunk[]): ChunkBundle[] {
  const [small, large] = split(chunks);
  const bundles: ChunkBundle[] = large.map(({ id, priority }) => ({ priority, chunkIds: [id], isSmall: false }));
  for (const [priority, of] of Map.groupBy(small, (chunk) => chunk.priority)) {
    for (const some of batchesOf(of, mostTogether)) {
      bundles.push({ priority, chunkIds: some.map(({ id }) => id), isSmall: true });
    }
  }
  return bundles;
}

function split(chunks: readonly WaitingChunk[]): [small: WaitingChunk[], large: WaitingChunk[]] {
  const isSmall = ({ requestType, size }: WaitingChunk) => requestType === 'PUT' && size <= smallBytes;
  return [chunks.filter(isSmall), chunks.filter((chunk) => !isSmall(chunk))];
}
