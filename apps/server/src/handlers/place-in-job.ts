import { contract, type Input, type Match, type Operation } from '@nacre/model';
import { type BlobAddress, type BucketPlace, noSuchBucket, type PlaceInJob } from '@nacre/store';
import type { RequestContext, ServerContext } from '../context.ts';

/** What a request for a blob of a job is about, in a bucket that there is. */
export interface FoundInJob extends PlaceInJob {
  readonly place: BucketPlace;
}

type BlobOfRequest = Pick<Input<(typeof contract)['s3']['getObject']>, 'bucket' | 'key' | 'offset' | 'versionId'>;

/** What a request for a blob of a job is about; what the caller may do there has not been looked at. Errors: `NoSuchBucket`. */
export async function findPlaceInJob(ctx: RequestContext, at: BlobOfRequest, jobId: string): Promise<FoundInJob> {
  const address = addressOf(at, jobId);
  const { place, ...found } = await (ctx.foresight?.answerTo(address) ?? ctx.lookups.placeInJob(address));
  if (!place) throw noSuchBucket(at.bucket);
  return { ...found, place };
}

/** Under which key those who upload a blob take turns. */
export function turnOf({ jobId, name, byteOffset }: BlobAddress): string {
  return `${jobId} ${byteOffset} ${name}`;
}

/** What a request for a blob of a job is about, asked for while it is still looked up who signed it. */
export interface Foresight {
  /** The answer, when just this was asked and no upload of the blob has ended since. Errors: those of the look-up. */
  answerTo(address: BlobAddress): Promise<PlaceInJob> | undefined;
  /** Called when the request is over: nothing is known any more. */
  end(): void;
}

const ofBlobs: ReadonlySet<Operation> = new Set<Operation>([contract.s3.getObject, contract.s3.putObject]);

/**
 * Asks for the place in a job that the handler is going to ask for. `undefined` when it asks for none, or else first.
 * `parameters` as they were read.
 */
export function foresee(
  { lookups, uploads }: Pick<ServerContext, 'lookups' | 'uploads'>,
  { operation, bucket, key }: Match,
  parameters: Readonly<Record<string, unknown>>,
): Foresight | undefined {
  const { job, partNumber, ...at }: Partial<Input<(typeof contract)['s3']['getObject']>> = parameters;
  const isOfJob = ofBlobs.has(operation) && job !== undefined && partNumber === undefined;
  if (!isOfJob || bucket === undefined || key === undefined) return undefined;
  const asked = addressOf({ ...at, bucket, key }, job);
  const watch = uploads.watch(turnOf(asked));
  const found = lookups.placeInJob(asked);
  // Of a request that ends before its handler nobody wants the answer, nor its error.
  found.catch(() => {});
  return {
    answerTo: (address) => (watch.isQuiet && isSame(address, asked) ? found : undefined),
    end: () => watch.end(),
  };
}

/** Where a request looks for its blob. */
export function addressOf({ bucket, key, offset = 0, versionId }: BlobOfRequest, jobId: string): BlobAddress {
  return { bucket, jobId, name: key, byteOffset: offset, versionId };
}

function isSame(a: BlobAddress, b: BlobAddress): boolean {
  return turnOf(a) === turnOf(b) && a.bucket === b.bucket && a.versionId === b.versionId;
}
