import type { BlobEntry } from '@nacre/model';
import { blobKey, blobsOf } from './blobs.ts';
import { type Patience, pauseOf } from './patience.ts';

/**
 * Asks a system which chunks of a job can be worked on, again after the time it names when there are none, and yields
 * their blobs as long as any are left to do. The caller takes out of `left` what it has done before it goes on.
 *
 * `isPossible` says which blobs the caller can work on now; one that is not counts as not ready.
 * Errors: `Error` when nothing became ready in all the time the caller has patience; what the client throws.
 */
export async function* readyBlobs(
  jobId: string,
  left: ReadonlyMap<string, BlobEntry>,
  { client, patienceSeconds, signal }: Patience,
  isPossible: () => Promise<(blob: BlobEntry) => boolean> = async () => () => true,
): AsyncGenerator<readonly BlobEntry[]> {
  let waited = 0;
  while (left.size > 0) {
    const answer = await client.ds3.getJobChunksReadyForClientProcessing({ job: jobId }, { signal });
    const possible = await isPossible();
    const ready = blobsOf(answer).filter((blob) => left.has(blobKey(blob)) && possible(blob));
    if (ready.length > 0) {
      waited = 0;
      yield ready;
      continue;
    }
    if (waited >= patienceSeconds) throw new Error(`nothing of job ${jobId} became ready within ${waited} s`);
    const pause = pauseOf(answer.retryAfterSeconds);
    await client.clock.wait(pause, signal);
    waited += pause;
  }
}
