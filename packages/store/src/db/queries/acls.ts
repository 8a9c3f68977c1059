import { and, eq } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { bucketAcls, dataPolicyAcls } from '../schema/index.ts';
import { listRows, matches, needRow, type PageRequest, type RowPage, written } from './rows.ts';

export type BucketAclRow = typeof bucketAcls.$inferSelect;
export type DataPolicyAclRow = typeof dataPolicyAcls.$inferSelect;

const granted = 'This is granted already.';

// ── Buckets ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Errors: `NotFound`. */
export async function needBucketAcl(db: Db, id: string): Promise<BucketAclRow> {
  return needRow(db, bucketAcls, 'bucket ACL', id);
}

export interface BucketAclFilter {
  /** `null` for what holds in all buckets. */
  readonly bucketId?: string | null | undefined;
  readonly groupId?: string | null | undefined;
  readonly userId?: string | null | undefined;
  readonly permission?: BucketAclRow['permission'] | undefined;
}

/** By id. */
export async function listBucketAcls(
  db: Db,
  filter: BucketAclFilter,
  page: PageRequest,
): Promise<RowPage<BucketAclRow>> {
  const where = and(
    matches(bucketAcls.bucketId, filter.bucketId),
    matches(bucketAcls.groupId, filter.groupId),
    matches(bucketAcls.userId, filter.userId),
    matches(bucketAcls.permission, filter.permission),
  );
  return listRows(db, bucketAcls, where, [], page);
}

/** Errors: `Conflict` when the same is granted already. */
export async function insertBucketAcl(db: Db, acl: typeof bucketAcls.$inferInsert): Promise<BucketAclRow> {
  return written(db.insert(bucketAcls).values(acl).returning(), granted);
}

export async function removeBucketAcl(db: Db, id: string): Promise<void> {
  await db.delete(bucketAcls).where(eq(bucketAcls.id, id));
}

// ── Data policies ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Errors: `NotFound`. */
export async function needDataPolicyAcl(db: Db, id: string): Promise<DataPolicyAclRow> {
  return needRow(db, dataPolicyAcls, 'data policy ACL', id);
}

export interface DataPolicyAclFilter {
  /** `null` for what holds for all data policies. */
  readonly dataPolicyId?: string | null | undefined;
  readonly groupId?: string | null | undefined;
  readonly userId?: string | null | undefined;
}

/** By id. */
export async function listDataPolicyAcls(
  db: Db,
  filter: DataPolicyAclFilter,
  page: PageRequest,
): Promise<RowPage<DataPolicyAclRow>> {
  const where = and(
    matches(dataPolicyAcls.dataPolicyId, filter.dataPolicyId),
    matches(dataPolicyAcls.groupId, filter.groupId),
    matches(dataPolicyAcls.userId, filter.userId),
  );
  return listRows(db, dataPolicyAcls, where, [], page);
}

/** Errors: `Conflict` when the same is granted already. */
export async function insertDataPolicyAcl(db: Db, acl: typeof dataPolicyAcls.$inferInsert): Promise<DataPolicyAclRow> {
  return written(db.insert(dataPolicyAcls).values(acl).returning(), granted);
}

export async function removeDataPolicyAcl(db: Db, id: string): Promise<void> {
  await db.delete(dataPolicyAcls).where(eq(dataPolicyAcls.id, id));
}
