import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { quickSelect } from '../../src/db/quick-select.ts';
import { blobs, objects } from '../../src/db/schema/index.ts';
import { testDatabase } from '../../src/testing/index.ts';

test('a quick select answers what drizzle does: every kind of column, and null for what a join left out', async () => {
  const { db } = await testDatabase();
  const bucketId = randomUUID();
  const [first, second] = [randomUUID(), randomUUID()];
  const common = { bucketId, type: 'DATA', version: 1, latest: true } as const;
  const metadata = { 'a "b"': 'ü' };
  const creationDate = new Date('2026-11-26T19:38:48.123Z');
  await db.insert(objects).values([
    { ...common, id: first, name: 'a', size: 2 ** 40, creationDate, eTag: 'tag', metadata },
    { ...common, id: second, name: 'b', size: 0 },
  ]);
  await db.insert(blobs).values({ id: randomUUID(), objectId: first, byteOffset: 0, length: 2 ** 40 });
  const fields = {
    place: sql<number>`row_number() over (order by name)`.mapWith(Number),
    object: objects,
    blob: blobs,
  };
  const query = db
    .select(fields)
    .from(objects)
    .leftJoin(blobs, eq(blobs.objectId, objects.id))
    .where(sql`${objects.bucketId} = ${sql.placeholder('bucketId')}`)
    .orderBy(objects.name);
  const rows = await quickSelect(db, fields, query)({ bucketId });
  expect(rows).toEqual(await query.prepare('the same').execute({ bucketId }));
  expect(rows).toMatchObject([
    { place: 1, object: { id: first, size: 2 ** 40, creationDate, metadata }, blob: { length: 2 ** 40 } },
    { place: 2, object: { id: second, creationDate: null, metadata: null }, blob: null },
  ]);
});
