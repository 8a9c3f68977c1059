import { Ds3Error } from '@nacre/model';

/** Who asks. */
export interface Caller {
  readonly id: string;
  readonly name: string;
  readonly authId: string;
  readonly defaultDataPolicyId: string | null;
  /** A member of the group Administrators, who may do everything. */
  readonly administrator: boolean;
  /** What was granted to the caller and to its groups. */
  readonly grants: Grants;
}

/** What a caller may be allowed to do with a bucket; OWNER includes the others. */
export type BucketRight = 'LIST' | 'READ' | 'WRITE' | 'DELETE' | 'JOB' | 'OWNER';

export interface Grants {
  /** Rights by bucket id; `null` stands for all buckets. */
  readonly buckets: ReadonlyMap<string | null, ReadonlySet<BucketRight>>;
  /** Ids of the data policies to make buckets with; `null` stands for all. */
  readonly dataPolicies: ReadonlySet<string | null>;
}

export interface BucketFacts {
  readonly id: string;
  readonly name: string;
  /** Its owner, who may do everything with it. */
  readonly userId: string;
}

/** Grants as they are looked up: one entry for each right, `null` for what holds everywhere. */
export function grantsOf(
  bucketRights: readonly (readonly [bucketId: string | null, right: BucketRight])[],
  dataPolicyIds: readonly (string | null)[],
): Grants {
  const buckets = new Map<string | null, Set<BucketRight>>();
  for (const [bucketId, right] of bucketRights) {
    const rights = buckets.get(bucketId) ?? new Set();
    buckets.set(bucketId, rights.add(right));
  }
  return { buckets, dataPolicies: new Set(dataPolicyIds) };
}

export function hasRight(caller: Caller, right: BucketRight, bucket: Pick<BucketFacts, 'id' | 'userId'>): boolean {
  if (caller.administrator || caller.id === bucket.userId) return true;
  const granted = [caller.grants.buckets.get(bucket.id), caller.grants.buckets.get(null)];
  return granted.some((rights) => rights?.has(right) || rights?.has('OWNER'));
}

/** Errors: `AccessDenied` without the right, granted for this bucket or for all. */
export function needRight(caller: Caller, right: BucketRight, bucket: BucketFacts): void {
  if (hasRight(caller, right, bucket)) return;
  throw new Ds3Error('AccessDenied', {
    resource: bucket.name,
    message: `${caller.name} needs the right ${right} on the bucket ${bucket.name}.`,
  });
}

/** Errors: `AccessDenied` unless the caller administers the system. */
export function needAdministrator(caller: Caller, what: string): void {
  if (caller.administrator) return;
  throw new Ds3Error('AccessDenied', { message: `${caller.name} is not an administrator, who alone may ${what}.` });
}

/** Errors: `AccessDenied` unless it is about the caller itself, or the caller administers the system. */
export function needSelf(caller: Caller, userId: string, what: string): void {
  if (caller.id !== userId) needAdministrator(caller, what);
}

interface JobFacts {
  /** Who made it. */
  readonly userId: string;
  readonly bucketId: string;
}

/** A job belongs to who made it; others need the right JOB on its bucket. */
export function hasJobRight(caller: Caller, job: JobFacts, bucket: Pick<BucketFacts, 'userId'>): boolean {
  return caller.id === job.userId || hasRight(caller, 'JOB', { id: job.bucketId, userId: bucket.userId });
}

/** Errors: `AccessDenied`, unless the job is the caller's or on a bucket on which it has the right JOB. */
export function needJobRight(caller: Caller, job: JobFacts, bucket: Omit<BucketFacts, 'id'>): void {
  if (!hasJobRight(caller, job, bucket)) needRight(caller, 'JOB', { ...bucket, id: job.bucketId });
}

/** Errors: `AccessDenied` without an entry in the ACL of the data policy, or in the one of all data policies. */
export function needDataPolicyRight(caller: Caller, policy: { readonly id: string; readonly name: string }): void {
  const { dataPolicies } = caller.grants;
  if (caller.administrator || dataPolicies.has(policy.id) || dataPolicies.has(null)) return;
  throw new Ds3Error('AccessDenied', {
    resource: policy.name,
    message: `${caller.name} may not make buckets with the data policy ${policy.name}: its ACL has no entry that says so.`,
  });
}
