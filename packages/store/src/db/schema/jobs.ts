import type { ChunkOrder, JobRequestType, JobStatus, Priority } from '@nacre/model';
import { sql } from 'drizzle-orm';
import { boolean, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { id, moment, size } from './columns.ts';

export const jobs = pgTable(
  'jobs',
  {
    id: id(),
    bucketId: uuid().notNull(),
    userId: uuid().notNull(),
    name: text().notNull(),
    requestType: text().$type<JobRequestType>().notNull(),
    priority: text().$type<Priority>().notNull(),
    status: text().$type<JobStatus>().notNull(),
    chunkOrder: text().$type<ChunkOrder>().notNull(),
    createdAt: moment().notNull(),
    /** Last I/O or modify; the idle time-out counts from here. */
    touchedAt: moment().notNull(),
    /** When it was completed or cancelled. */
    endedAt: moment(),
    aggregating: boolean().notNull().default(false),
    naked: boolean().notNull().default(false),
    replicating: boolean().notNull().default(false),
    /** Of a GET job: it brings data into the cache and is done then; no client reads it. */
    staging: boolean().notNull().default(false),
    implicitJobIdResolution: boolean().notNull().default(false),
    minimizeSpanningAcrossMedia: boolean().notNull().default(false),
    verifyAfterWrite: boolean().notNull().default(false),
    deadJobCleanupAllowed: boolean().notNull().default(true),
    protected: boolean().notNull().default(false),
    truncated: boolean().notNull().default(false),
    truncatedDueToTimeout: boolean().notNull().default(false),
    canceledDueToTimeout: boolean().notNull().default(false),
    errorMessage: text(),
    rechunked: moment(),
    /** Bytes of all blobs. */
    originalSize: size().notNull(),
    /** Totals at the end of the job; while it runs they are the sums over its chunks. */
    cachedSize: size(),
    completedSize: size(),
  },
  (table) => [
    index('jobs_status').on(table.status, table.createdAt),
    index('jobs_bucket').on(table.bucketId),
    // Every request without a job id asks for them, and there are hardly any.
    index('jobs_implicit')
      .on(table.bucketId)
      .where(sql`${table.implicitJobIdResolution} and ${table.status} = 'IN_PROGRESS'`),
  ],
);

/** Blobs that are allocated, cached and made permanent together; the unit of background work. */
export const jobChunks = pgTable(
  'job_chunks',
  {
    id: id(),
    jobId: uuid().notNull(),
    chunkNumber: integer().notNull(),
    /** Null until allocated. */
    nodeId: uuid(),
    /** Of its permanent copies: PENDING until all its blobs are cached. */
    state: text().$type<'PENDING' | 'IN_PROGRESS' | 'COMPLETED'>().notNull(),
    blobs: integer().notNull(),
    size: size().notNull(),
    /** PUT: received from the client. GET: in cache. VERIFY: read from the permanent store. */
    cachedBlobs: integer().notNull(),
    cachedSize: size().notNull(),
    /** PUT: on all permanent stores. GET: read by the client. VERIFY: compared. */
    completedBlobs: integer().notNull(),
    completedSize: size().notNull(),
  },
  (table) => [uniqueIndex('job_chunks_number').on(table.jobId, table.chunkNumber)],
);

/** A blob's place in a chunk. */
export const jobEntries = pgTable(
  'job_entries',
  {
    id: uuid().notNull(),
    chunkId: uuid().notNull(),
    /** From 1. */
    orderIndex: integer().notNull(),
    blobId: uuid().notNull(),
    jobId: uuid().notNull(),
    /** GET: the client has read it. VERIFY: its checksum was compared. */
    done: boolean().notNull(),
  },
  (table) => [
    uniqueIndex('job_entries_order').on(table.chunkId, table.orderIndex),
    index('job_entries_blob').on(table.blobId),
  ],
);
