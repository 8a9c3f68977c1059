import { Bucket } from '../types/bucket.ts';
import { bool, nameOrId, text, uuid } from '../wire/scalar.ts';
import { bare, create, data, items, list, may, modify, need, on, paging, remove, show } from './define.ts';

/** Buckets. */
export const buckets = {
  ...on('bucket', {
    /** Buckets. SDK: GetBucketsSpectraS3. */
    getBuckets: list({
      query: { dataPolicyId: may(nameOrId), name: may(text), userId: may(nameOrId), ...paging },
      answer: items(Bucket),
      raises: ['NotFound'],
    }),

    /** One bucket, with the capacity its objects take. SDK: GetBucketSpectraS3. */
    getBucket: show({ answer: data(Bucket), raises: ['NotFound'] }),

    /**
     * Makes a bucket. Without `dataPolicyId` it gets the default data policy of its owner; `id` lets a replica have the
     * same id. SDK: PutBucketSpectraS3.
     */
    putBucket: create({
      query: {
        name: need(text),
        dataPolicyId: may(nameOrId),
        id: may(uuid),
        protected: may(bool),
        userId: may(nameOrId),
      },
      answer: data(Bucket),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Gives a bucket another owner or data policy, or protects it from deletion. SDK: ModifyBucketSpectraS3. */
    modifyBucket: modify({
      query: { dataPolicyId: may(nameOrId), protected: may(bool), userId: may(nameOrId) },
      answer: data(Bucket),
      raises: ['NotFound'],
    }),

    /** Deletes a bucket that is empty, or with `force` together with its objects. SDK: DeleteBucketSpectraS3. */
    deleteBucket: remove({ query: { force: bare }, raises: ['BucketNotEmpty', 'Conflict', 'NotFound'] }),
  }),
};
