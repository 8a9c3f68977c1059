import { boolean, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { id, moment } from './columns.ts';
import { dataPolicies } from './data-policies.ts';

export const users = pgTable('users', {
  id: id(),
  name: text().notNull().unique('users_name'),
  /** The access key. */
  authId: text().notNull().unique('users_auth_id'),
  /** The secret key, encrypted: both signature versions need it in clear. */
  sealedSecretKey: text().notNull(),
  defaultDataPolicyId: uuid().references(() => dataPolicies.id, { onDelete: 'set null' }),
  maxBuckets: integer().notNull(),
  createdAt: moment().notNull(),
});

export const groups = pgTable('groups', {
  id: id(),
  name: text().notNull().unique('groups_name'),
  builtIn: boolean().notNull(),
});

/** A member is a user or a group. */
export const groupMembers = pgTable(
  'group_members',
  {
    id: id(),
    groupId: uuid()
      .notNull()
      .references(() => groups.id, { onDelete: 'cascade' }),
    memberUserId: uuid().references(() => users.id, { onDelete: 'cascade' }),
    memberGroupId: uuid().references(() => groups.id, { onDelete: 'cascade' }),
  },
  (table) => [
    uniqueIndex('group_members_user').on(table.groupId, table.memberUserId),
    uniqueIndex('group_members_group').on(table.groupId, table.memberGroupId),
    index('group_members_of_user').on(table.memberUserId),
    index('group_members_of_group').on(table.memberGroupId),
  ],
);
