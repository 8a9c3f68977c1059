import type { ChecksumType, S3ChecksumAlgorithm, S3ChecksumType } from '@nacre/model';
import { sql } from 'drizzle-orm';
import { bigint, boolean, index, jsonb, pgTable, smallint, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { byteOrderedText, moment, size } from './columns.ts';

/** What S3 clients say of an object beside their own metadata, by the names of the headers in camel case. */
export interface SystemMetadata {
  readonly cacheControl?: string | undefined;
  readonly contentDisposition?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly contentLanguage?: string | undefined;
  readonly contentType?: string | undefined;
  readonly expires?: string | undefined;
  /** Of the whole object. */
  readonly checksum?: ObjectChecksum | undefined;
}

/** `value` is base64; of an object of parts it may be the checksum of their checksums, with their number. */
export interface ObjectChecksum {
  readonly algorithm: S3ChecksumAlgorithm;
  readonly type: S3ChecksumType;
  readonly value: string;
}

/**
 * One version of a name in a bucket. No foreign keys here and below: these rows grow with the work, and each key
 * would double what a job costs.
 */
export const objects = pgTable(
  'objects',
  {
    /** Also the version id. */
    id: uuid().primaryKey(),
    bucketId: uuid().notNull(),
    name: byteOrderedText().notNull(),
    type: text().$type<'DATA' | 'FOLDER'>().notNull(),
    /** Bytes of all blobs. */
    size: size().notNull(),
    /** Running number of the version within its name, from 1. */
    version: bigint({ mode: 'number' }).notNull(),
    /** The version that a request without a version id means; at most one for a name. */
    latest: boolean().notNull(),
    /** Null until every blob has been received. */
    creationDate: moment(),
    eTag: text(),
    /** User metadata by lower-case name without `x-amz-meta-`, values as received. */
    metadata: jsonb().$type<Record<string, string>>(),
    systemMetadata: jsonb().$type<SystemMetadata>(),
  },
  (table) => [
    uniqueIndex('objects_latest').on(table.bucketId, table.name).where(sql`${table.latest}`),
    uniqueIndex('objects_version').on(table.bucketId, table.name, table.version),
  ],
);

/** A contiguous range of an object: the unit of transfer, of checksum and of copies. */
export const blobs = pgTable(
  'blobs',
  {
    id: uuid().primaryKey(),
    objectId: uuid().notNull(),
    byteOffset: size().notNull(),
    length: size().notNull(),
    checksumType: text().$type<ChecksumType>(),
    /** Base64; null until received. */
    checksum: text(),
    /**
     * CRC-32, base64, which reads are compared with: it costs a fraction of what the checksum may. Null until received,
     * and for what was received before there was one.
     */
    crc32: text('crc32'),
    /** Null until received from the client. */
    receivedAt: moment(),
    /** The node whose cache holds it; null when it is in no cache. */
    cacheNodeId: uuid(),
    /** When the cached bytes were last read or written. */
    cacheUsedAt: moment(),
  },
  (table) => [
    uniqueIndex('blobs_object').on(table.objectId, table.byteOffset),
    // For the choice of what leaves a cache, oldest first.
    index('blobs_cache').on(table.cacheNodeId, table.cacheUsedAt).where(sql`${table.cacheNodeId} is not null`),
  ],
);

/** A permanent copy of a blob. */
export const blobCopies = pgTable(
  'blob_copies',
  {
    blobId: uuid().notNull(),
    poolId: uuid().notNull(),
    writtenAt: moment().notNull(),
  },
  (table) => [
    uniqueIndex('blob_copies_place').on(table.blobId, table.poolId),
    index('blob_copies_pool').on(table.poolId, table.blobId),
  ],
);

/** Bytes whose rows are gone; a worker removes the files. `placeId` is a node (its cache) or a pool. */
export const droppedBlobs = pgTable(
  'dropped_blobs',
  {
    blobId: uuid().notNull(),
    place: text().$type<'cache' | 'pool'>().notNull(),
    placeId: uuid().notNull(),
    attempts: smallint().notNull().default(0),
  },
  (table) => [uniqueIndex('dropped_blobs_place').on(table.placeId, table.blobId)],
);
