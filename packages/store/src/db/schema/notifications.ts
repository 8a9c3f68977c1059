import { bigint, boolean, index, integer, jsonb, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { id, moment } from './columns.ts';
import { users } from './users.ts';

/** Somebody who is told of a kind of event. */
export const notificationRegistrations = pgTable(
  'notification_registrations',
  {
    id: id(),
    /** As in the resource's name: `job_completed` of `job_completed_notification_registration`. */
    kind: text().notNull(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Told of everybody's jobs, not of the user's own alone: an administrator registered it. */
    seesAll: boolean().notNull(),
    /** Events of this job alone. */
    jobId: uuid(),
    /** Events of this bucket alone. */
    bucketId: uuid(),
    creationDate: moment().notNull(),
    endPoint: text().notNull(),
    format: text().$type<'DEFAULT' | 'JSON' | 'XML'>().notNull(),
    namingConvention: text()
      .$type<
        | 'CONCAT_LOWERCASE'
        | 'CONSTANT'
        | 'UNDERSCORED'
        | 'CAMEL_CASE_WITH_FIRST_LETTER_UPPERCASE'
        | 'CAMEL_CASE_WITH_FIRST_LETTER_LOWERCASE'
      >()
      .notNull(),
    httpMethod: text().$type<'DELETE' | 'GET' | 'HEAD' | 'POST' | 'PUT'>().notNull(),
    lastNotification: moment(),
    lastHttpResponseCode: integer(),
    lastFailure: text(),
    failuresSinceLastSuccess: integer().notNull().default(0),
    lastSequenceNumber: bigint({ mode: 'number' }),
  },
  (table) => [index('notification_registrations_kind').on(table.kind)],
);

/** An event on its way to one registration; born with the event, gone when it was delivered or given up. */
export const notificationDeliveries = pgTable(
  'notification_deliveries',
  {
    id: id(),
    registrationId: uuid()
      .notNull()
      .references(() => notificationRegistrations.id, { onDelete: 'cascade' }),
    /** What happened; dates as ISO text. */
    event: jsonb().notNull(),
    happenedAt: moment().notNull(),
    attempts: smallint().notNull().default(0),
    /** When it is tried next. */
    dueAt: moment().notNull(),
  },
  (table) => [index('notification_deliveries_due').on(table.dueAt)],
);
