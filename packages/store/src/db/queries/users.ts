import type { BucketAclPermission } from '@nacre/model';
import { and, desc, eq, or, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { bucketAcls, buckets, dataPolicyAcls, groups, jobs, users } from '../schema/index.ts';
import { constant, statement } from '../statement.ts';
import { administratorsGroup, groupsOfUser } from './groups.ts';
import { idOrName } from './identify.ts';
import { removeJobs } from './jobs.ts';
import {
  byName,
  listRows,
  matches,
  matchesText,
  needRow,
  type PageRequest,
  type RowPage,
  removeRow,
  written,
} from './rows.ts';

export type UserRow = typeof users.$inferSelect;

/** Who signed a request, with everything that was granted to it and to its groups. */
export interface Claimant {
  readonly id: string;
  readonly name: string;
  readonly authId: string;
  readonly sealedSecretKey: string;
  readonly defaultDataPolicyId: string | null;
  /** A member of the group Administrators, directly or through other groups. What it was granted is then left out. */
  readonly administrator: boolean;
  /** Rights in buckets of others, by bucket id; `null` stands for all buckets. */
  readonly bucketRights: readonly (readonly [bucketId: string | null, right: BucketAclPermission])[];
  /** Data policies that it may make buckets with; `null` stands for all. */
  readonly dataPolicyIds: readonly (string | null)[];
}

interface ClaimantRecord {
  readonly id: string;
  readonly name: string;
  readonly auth_id: string;
  readonly sealed_secret_key: string;
  readonly default_data_policy_id: string | null;
  readonly administrator: boolean;
  readonly bucket_rights: string | null;
  readonly data_policy_ids: string | null;
}

/** By access key, in one query. */
export async function findClaimant(db: Db, authId: string): Promise<Claimant | undefined> {
  const [found] = await claimants(db, { authId });
  if (!found) return undefined;
  return {
    id: found.id,
    name: found.name,
    authId: found.auth_id,
    sealedSecretKey: found.sealed_secret_key,
    defaultDataPolicyId: found.default_data_policy_id,
    administrator: found.administrator,
    bucketRights: found.bucket_rights === null ? [] : JSON.parse(found.bucket_rights),
    dataPolicyIds: found.data_policy_ids === null ? [] : JSON.parse(found.data_policy_ids),
  };
}

const claimants = statement<{ authId: string }, ClaimantRecord>(
  (param) => sql`
    with recursive caller as (
      select id, name, auth_id, sealed_secret_key, default_data_policy_id from ${users}
      where auth_id = ${param('authId')}
    ),
    ${groupsOfUser(sql`select id from caller`)},
    administrator as (
      select 1 from member_of m join ${groups} g on g.id = m.group_id
        where g.built_in and g.name = ${constant(administratorsGroup)}
    )
    select caller.*, exists(select 1 from administrator) as administrator,
      case when not exists(select 1 from administrator) then (
        select json_agg(json_build_array(a.bucket_id, a.permission))::text from (
          select bucket_id, permission from ${bucketAcls} where user_id = (select id from caller)
          union all
          select bucket_id, permission from ${bucketAcls} where group_id = any(array(select group_id from member_of))
        ) a left join ${buckets} b on b.id = a.bucket_id
        where b.user_id is distinct from (select id from caller)
      ) end as bucket_rights,
      case when not exists(select 1 from administrator) then (
        select json_agg(a.data_policy_id)::text from (
          select data_policy_id from ${dataPolicyAcls} where user_id = (select id from caller)
          union all
          select data_policy_id from ${dataPolicyAcls} where group_id = any(array(select group_id from member_of))
        ) a
      ) end as data_policy_ids
    from caller`,
);

/** By id, name or access key. */
export async function findUser(db: Db, nameOrId: string): Promise<UserRow | undefined> {
  const [found] = await db
    .select()
    .from(users)
    .where(or(idOrName(users.id, users.name, nameOrId), eq(users.authId, nameOrId)))
    // An access key may be the name of somebody else.
    .orderBy(desc(eq(users.name, nameOrId)))
    .limit(1);
  return found;
}

/** Errors: `NotFound`. */
export async function needUser(db: Db, nameOrId: string): Promise<UserRow> {
  return (await findUser(db, nameOrId)) ?? needRow(db, users, 'user', nameOrId);
}

/** The sealed secret key of somebody; `undefined` when nobody has one. */
export async function findSealedSecret(db: Db): Promise<string | undefined> {
  const [found] = await db.select({ sealed: users.sealedSecretKey }).from(users).limit(1);
  return found?.sealed;
}

export interface UserFilter {
  /** Exact, or with `%` for any text. */
  readonly name?: string | undefined;
  readonly authId?: string | undefined;
  /** `null` for users without one. */
  readonly defaultDataPolicyId?: string | null | undefined;
}

/** By name. */
export async function listUsers(db: Db, filter: UserFilter, page: PageRequest): Promise<RowPage<UserRow>> {
  const where = and(
    matchesText(users.name, filter.name),
    matches(users.authId, filter.authId),
    matches(users.defaultDataPolicyId, filter.defaultDataPolicyId),
  );
  return listRows(db, users, where, [byName(users.name)], page);
}

/** Errors: `Conflict` when the name, the access key or the id is taken. */
export async function insertUser(db: Db, user: typeof users.$inferInsert): Promise<UserRow> {
  const taken = `There is a user named '${user.name}', or with its access key '${user.authId}', or with its id.`;
  return written(db.insert(users).values(user).returning(), taken);
}

export type UserChange = Partial<Pick<UserRow, 'name' | 'maxBuckets' | 'defaultDataPolicyId' | 'sealedSecretKey'>>;

/** Errors: `Conflict` when the name is taken. */
export async function updateUser(db: Db, id: string, change: UserChange): Promise<UserRow> {
  const update = db
    .update(users)
    .set({ id, ...change })
    .where(eq(users.id, id))
    .returning();
  return written(update, `There is a user named '${change.name}'.`);
}

/** Locks the row until the transaction ends. */
export async function lockUser(tx: Db, id: string): Promise<void> {
  await tx.select({ id: users.id }).from(users).where(eq(users.id, id)).for('update');
}

/** Whether a job of this user is running. */
export async function hasRunningJobs(db: Db, userId: string): Promise<boolean> {
  const ofUser = and(eq(jobs.userId, userId), eq(jobs.status, 'IN_PROGRESS'));
  return (await db.$count(jobs, ofUser)) > 0;
}

/**
 * Removes a user with its memberships, its permissions and the memory of its finished jobs.
 * Errors: `Conflict` while it owns buckets.
 */
export async function removeUser(tx: Db, { id, name }: Pick<UserRow, 'id' | 'name'>): Promise<void> {
  const finished = await tx.select({ id: jobs.id }).from(jobs).where(eq(jobs.userId, id));
  await removeJobs(
    tx,
    finished.map((job) => job.id),
  );
  await removeRow(tx, users, id, `The user ${name} owns buckets.`);
}
