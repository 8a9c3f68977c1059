import { and, eq, isNotNull, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { groupMembers, groups, users } from '../schema/index.ts';
import { constant } from '../statement.ts';
import { byName, listRows, matches, matchesText, needRow, type PageRequest, type RowPage, written } from './rows.ts';

export type GroupRow = typeof groups.$inferSelect;
export type GroupMemberRow = typeof groupMembers.$inferSelect;

/** The built-in group whose members may do everything. */
export const administratorsGroup = 'Administrators';
/** The built-in group that all users belong to, without being members. */
export const everyoneGroup = 'Everyone';

/**
 * The common table expression `member_of(group_id)`, for `with recursive`: the groups that a user belongs to, directly,
 * through other groups, or because everyone does. `userId` is a query of its id; nothing else has parameters.
 */
export function groupsOfUser(userId: SQL): SQL {
  return sql`member_of(group_id) as (
    (
      select m.group_id from ${groupMembers} m where m.member_user_id = (${userId})
      union
      select g.id from ${groups} g where g.built_in and g.name = ${constant(everyoneGroup)}
    )
    union
    select m.group_id from ${groupMembers} m join member_of o on m.member_group_id = o.group_id
  )`;
}

/** Whether a user belongs to a group, directly or through other groups. */
export async function isMember(db: Db, userId: string, groupId: string): Promise<boolean> {
  const found = await db.execute(sql`
    with recursive ${groupsOfUser(sql`select ${userId}::uuid`)}
    select 1 from member_of where group_id = ${groupId}`);
  return found.length > 0;
}

/** Whether anybody belongs to the group Administrators. */
export async function hasAdministrator(db: Db): Promise<boolean> {
  const found = await db.execute(sql`
    with recursive parts(group_id) as (
      select g.id from ${groups} g where g.built_in and g.name = ${administratorsGroup}
      union
      select m.member_group_id from ${groupMembers} m join parts p on m.group_id = p.group_id
      where m.member_group_id is not null
    )
    select 1 from parts p join ${groupMembers} m on m.group_id = p.group_id where m.member_user_id is not null
    union
    select 1 from parts p join ${groups} g on g.id = p.group_id, ${users} where g.built_in and g.name = ${everyoneGroup}`);
  return found.length > 0;
}

/** Has changes to memberships wait for each other until the transaction ends: what holds for all of them stays true. */
export async function lockMemberships(tx: Db): Promise<void> {
  await tx.select({ id: groups.id }).from(groups).where(eq(groups.name, administratorsGroup)).for('update');
}

// ── Groups ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Errors: `NotFound`. */
export async function needGroup(db: Db, nameOrId: string): Promise<GroupRow> {
  return needRow(db, groups, 'group', nameOrId);
}

/** By name; the name may hold `%` for any text. */
export async function listGroups(
  db: Db,
  filter: { readonly name?: string | undefined; readonly builtIn?: boolean | undefined },
  page: PageRequest,
): Promise<RowPage<GroupRow>> {
  const where = and(matchesText(groups.name, filter.name), matches(groups.builtIn, filter.builtIn));
  return listRows(db, groups, where, [byName(groups.name)], page);
}

/** Errors: `Conflict` when the name is taken. */
export async function insertGroup(db: Db, group: typeof groups.$inferInsert): Promise<GroupRow> {
  return written(db.insert(groups).values(group).returning(), `There is a group named '${group.name}'.`);
}

/** Errors: `Conflict` when the name is taken. */
export async function updateGroup(
  db: Db,
  id: string,
  change: { readonly name?: string | undefined },
): Promise<GroupRow> {
  const update = db
    .update(groups)
    .set({ id, ...change })
    .where(eq(groups.id, id))
    .returning();
  return written(update, `There is a group named '${change.name}'.`);
}

/** With its memberships and permissions. */
export async function removeGroup(db: Db, id: string): Promise<void> {
  await db.delete(groups).where(eq(groups.id, id));
}

// ── Members ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Errors: `NotFound`. */
export async function needGroupMember(db: Db, id: string): Promise<GroupMemberRow> {
  return needRow(db, groupMembers, 'group member', id);
}

export interface GroupMemberFilter {
  readonly groupId?: string | undefined;
  readonly memberUserId?: string | null | undefined;
  readonly memberGroupId?: string | null | undefined;
}

/** By id. */
export async function listGroupMembers(
  db: Db,
  filter: GroupMemberFilter,
  page: PageRequest,
): Promise<RowPage<GroupMemberRow>> {
  const where = and(
    matches(groupMembers.groupId, filter.groupId),
    matches(groupMembers.memberUserId, filter.memberUserId),
    matches(groupMembers.memberGroupId, filter.memberGroupId),
  );
  return listRows(db, groupMembers, where, [], page);
}

/** Which group is a member of which. */
export async function listNestings(db: Db): Promise<{ groupId: string; memberGroupId: string }[]> {
  const rows = await db
    .select({ groupId: groupMembers.groupId, memberGroupId: groupMembers.memberGroupId })
    .from(groupMembers)
    .where(isNotNull(groupMembers.memberGroupId));
  return rows.flatMap(({ groupId, memberGroupId }) => (memberGroupId === null ? [] : [{ groupId, memberGroupId }]));
}

/** Errors: `Conflict` when it is a member already. */
export async function insertGroupMember(db: Db, member: typeof groupMembers.$inferInsert): Promise<GroupMemberRow> {
  return written(db.insert(groupMembers).values(member).returning(), 'It is a member of this group already.');
}

export async function removeGroupMember(db: Db, id: string): Promise<void> {
  await db.delete(groupMembers).where(eq(groupMembers.id, id));
}
