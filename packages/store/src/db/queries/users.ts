import { and, asc, eq, or, sql } from 'drizzle-orm';
import type { Db } from '../postgres.ts';
import { groupMembers, groups, users } from '../schema/index.ts';
import { idOrName } from './identify.ts';

export type UserRow = typeof users.$inferSelect;

/** The built-in group whose members may do everything. */
export const administratorsGroup = 'Administrators';

/** By access key; says too whether the user is a direct member of the group Administrators. */
export async function findUserByAuthId(
  db: Db,
  authId: string,
): Promise<(UserRow & { readonly administrator: boolean }) | undefined> {
  const [found] = await db
    .select({ user: users, administrators: groups.id })
    .from(users)
    .leftJoin(groupMembers, eq(groupMembers.memberUserId, users.id))
    .leftJoin(groups, and(eq(groups.id, groupMembers.groupId), eq(groups.name, administratorsGroup)))
    .where(eq(users.authId, authId))
    .orderBy(sql`${groups.id} nulls last`)
    .limit(1);
  return found && { ...found.user, administrator: found.administrators !== null };
}

/** By id, name or access key. */
export async function findUser(db: Db, nameOrId: string): Promise<UserRow | undefined> {
  const [found] = await db
    .select()
    .from(users)
    .where(or(idOrName(users.id, users.name, nameOrId), eq(users.authId, nameOrId)))
    .limit(1);
  return found;
}

/** All users, or the one of a name, by name. */
export async function listUsers(
  db: Db,
  filter: { readonly name?: string | undefined; readonly authId?: string | undefined },
): Promise<UserRow[]> {
  return db
    .select()
    .from(users)
    .where(
      and(
        filter.name === undefined ? undefined : eq(users.name, filter.name),
        filter.authId === undefined ? undefined : eq(users.authId, filter.authId),
      ),
    )
    .orderBy(asc(users.name));
}
