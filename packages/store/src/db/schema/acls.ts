import type { BucketAclPermission } from '@nacre/model';
import { isNull } from 'drizzle-orm';
import { index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { buckets } from './buckets.ts';
import { id } from './columns.ts';
import { dataPolicies } from './data-policies.ts';
import { groups, users } from './users.ts';

const granted = {
  id: id(),
  /** One of user and group is set: who is allowed. */
  userId: uuid().references(() => users.id, { onDelete: 'cascade' }),
  groupId: uuid().references(() => groups.id, { onDelete: 'cascade' }),
};

// Null is unlike null in a unique index, so what holds everywhere has indexes of its own.
export const bucketAcls = pgTable(
  'bucket_acls',
  {
    ...granted,
    /** All buckets when null. */
    bucketId: uuid().references(() => buckets.id, { onDelete: 'cascade' }),
    permission: text().$type<BucketAclPermission>().notNull(),
  },
  (table) => [
    uniqueIndex('bucket_acls_user').on(table.userId, table.bucketId, table.permission),
    uniqueIndex('bucket_acls_group').on(table.groupId, table.bucketId, table.permission),
    uniqueIndex('bucket_acls_user_everywhere').on(table.userId, table.permission).where(isNull(table.bucketId)),
    uniqueIndex('bucket_acls_group_everywhere').on(table.groupId, table.permission).where(isNull(table.bucketId)),
    index('bucket_acls_bucket').on(table.bucketId),
  ],
);

export const dataPolicyAcls = pgTable(
  'data_policy_acls',
  {
    ...granted,
    /** All data policies when null. */
    dataPolicyId: uuid().references(() => dataPolicies.id, { onDelete: 'cascade' }),
  },
  (table) => [
    uniqueIndex('data_policy_acls_user').on(table.userId, table.dataPolicyId),
    uniqueIndex('data_policy_acls_group').on(table.groupId, table.dataPolicyId),
    uniqueIndex('data_policy_acls_user_everywhere').on(table.userId).where(isNull(table.dataPolicyId)),
    uniqueIndex('data_policy_acls_group_everywhere').on(table.groupId).where(isNull(table.dataPolicyId)),
  ],
);
