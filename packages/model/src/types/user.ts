import { int, text, uuid } from '../wire/scalar.ts';
import { elem, type Infer, maybe, nullable, record } from '../wire/shape.ts';

/** A user and the two keys of its requests. `authId` is the S3 access id. */
export const User = record('User', {
  authId: elem(text),
  defaultDataPolicyId: nullable(elem(uuid)),
  id: elem(uuid),
  /** How many buckets this user may own. Not in 4.1. */
  maxBuckets: maybe(elem(int)),
  name: elem(text),
  /** Shown to administrators and to the user itself. */
  /** In the answer about one user; absent in lists. */
  secretKey: maybe(elem(text)),
});
export type User = Infer<typeof User>;
