import type { ChecksumType, S3ChecksumAlgorithm, S3ChecksumType } from '@nacre/model';
import { index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { byteOrderedText, id, moment, size } from './columns.ts';
import type { SystemMetadata } from './objects.ts';

/** An object that is being uploaded in parts. Its id becomes the id of the object. */
export const multipartUploads = pgTable(
  'multipart_uploads',
  {
    id: id(),
    bucketId: uuid().notNull(),
    name: byteOrderedText().notNull(),
    userId: uuid().notNull(),
    initiatedAt: moment().notNull(),
    /** When the last part arrived; an upload that nobody touches is given up. */
    touchedAt: moment().notNull(),
    metadata: jsonb().$type<Record<string, string>>(),
    systemMetadata: jsonb().$type<SystemMetadata>(),
    /** What the client wants the object to be compared by. */
    checksumAlgorithm: text().$type<S3ChecksumAlgorithm>(),
    checksumType: text().$type<S3ChecksumType>(),
  },
  (table) => [index('multipart_uploads_name').on(table.bucketId, table.name, table.id)],
);

/**
 * A part, which becomes a blob of the object. The row comes before the bytes, so that no file is there that no row
 * knows; of parts of one number the last to arrive stays.
 */
export const multipartParts = pgTable(
  'multipart_parts',
  {
    /** Of the blob that it becomes. */
    id: id(),
    uploadId: uuid().notNull(),
    /** From 1. */
    partNumber: integer().notNull(),
    length: size().notNull(),
    /** The node in whose cache it is. */
    nodeId: uuid().notNull(),
    /** Null until it has arrived, as all below. */
    receivedAt: moment(),
    checksumType: text().$type<ChecksumType>(),
    /** Base64. */
    checksum: text(),
    /** Base64, as that of a blob. */
    crc32: text('crc32'),
    /** Hexadecimal: its ETag. */
    md5: text(),
    /** Base64, of the algorithm of the upload or the one that the client sent. */
    s3Checksum: jsonb().$type<{ readonly algorithm: S3ChecksumAlgorithm; readonly value: string }>(),
  },
  (table) => [index('multipart_parts_number').on(table.uploadId, table.partNumber)],
);
