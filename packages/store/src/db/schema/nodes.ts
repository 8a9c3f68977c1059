import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { id, moment } from './columns.ts';

/** A server process: an end point of the data path, and the owner of one cache. */
export const nodes = pgTable('nodes', {
  id: id(),
  name: text().notNull().unique('nodes_name'),
  serialNumber: text().notNull(),
  /** The host that clients reach. */
  endPoint: text().notNull(),
  /** As given by an administrator. */
  dnsName: text(),
  httpPort: integer(),
  httpsPort: integer(),
  lastHeartbeat: moment().notNull(),
});
