import { Ds3Error } from '@nacre/model';

/** Who asks. */
export interface Caller {
  readonly id: string;
  readonly name: string;
  readonly authId: string;
  readonly defaultDataPolicyId: string | null;
  /** A member of the group Administrators, who may do everything. */
  readonly administrator: boolean;
}

/** What a caller may be allowed to do with a bucket. */
export type BucketRight = 'LIST' | 'READ' | 'WRITE' | 'DELETE' | 'JOB' | 'OWNER';

/** Errors: `AccessDenied` unless the caller owns the bucket or administers the system. */
export function needRight(caller: Caller, right: BucketRight, bucket: { name: string; userId: string }): void {
  if (caller.administrator || caller.id === bucket.userId) return;
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

/** A job belongs to who made it; others need the right JOB on its bucket. Errors: `AccessDenied`. */
export function needJobRight(caller: Caller, job: { userId: string }, bucket: { name: string; userId: string }): void {
  if (caller.id !== job.userId) needRight(caller, 'JOB', bucket);
}
