import type { Chunk, ChunkBlob, Job, Totals } from './system.ts';

/** Ends a job of which nothing is left to do. Answers whether it was. */
export function endIfDone(job: Job): boolean {
  if (job.status !== 'IN_PROGRESS' || !job.chunks.every(({ blobs, permanent }) => permanent || blobs.length === 0)) {
    return false;
  }
  endJob(job, 'COMPLETED');
  job.endsSoon = true;
  return true;
}

export function endJob(job: Job, status: 'COMPLETED' | 'CANCELED'): void {
  job.totals = totalsOf(job);
  job.status = status;
}

export function totalsOf({ totals, chunks }: Job): Totals | 'unknown' {
  if (totals) return totals;
  const sum = (of: readonly ChunkBlob[]) => of.reduce((bytes, { blob }) => bytes + blob.length, 0);
  const all = chunks.flatMap(({ blobs }) => blobs);
  return {
    original: sum(all),
    cached: sum(all.filter(({ blob }) => blob.label !== undefined)),
    completed: sum(chunks.filter(({ permanent }) => permanent).flatMap(({ blobs }) => blobs)),
  };
}

export function isFull({ blobs }: Chunk): boolean {
  return blobs.every(({ blob }) => blob.label !== undefined);
}
