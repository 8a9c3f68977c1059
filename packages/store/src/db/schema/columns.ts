import { bigint, customType, timestamp, uuid } from 'drizzle-orm/pg-core';

/** A UUID made by the application, time-ordered where rows grow with the work. */
export const id = () => uuid().primaryKey();

/** A point in time with the milliseconds that the wire shows. */
export const moment = () => timestamp({ withTimezone: true, precision: 3, mode: 'date' });

/** Bytes. */
export const size = () => bigint({ mode: 'number' });

/** Text in byte order, as S3 lists keys. */
export const byteOrderedText = customType<{ data: string }>({ dataType: () => 'text COLLATE "C"' });
