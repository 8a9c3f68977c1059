import { type BucketRow, findUser } from '@nacre/store';
import type { ServerContext } from '../context.ts';

/** The name of the user who owns a bucket, as listings show it. */
export async function ownerNameOf({ store }: Pick<ServerContext, 'store'>, bucket: BucketRow): Promise<string> {
  const owner = await findUser(store.db, bucket.userId);
  if (!owner) throw new Error(`the owner ${bucket.userId} of the bucket ${bucket.name} is missing`);
  return owner.name;
}
