import { expect, test } from 'vitest';
import { startTestServer } from '../support/server.ts';
import { aPutJob, jobReaches, sendBlobs } from '../support/things.ts';

test('a VERIFY job says nothing of a blob that is deleted while it is read', async () => {
  const { client, context } = await startTestServer();
  const made = await aPutJob(client, [
    { name: 'a', size: 9 },
    { name: 'b', size: 9 },
  ]);
  await sendBlobs(client, made);
  await jobReaches(client, made.job.jobId, 'COMPLETED');
  const { id: poolId } = await client.ds3.getPool({ id: 'pool-1' });
  const pool = context.places.pools.get(poolId);
  if (!pool) throw new Error('pool-1 is not open');
  const [a] = made.job.objects.flatMap(({ objects }) => objects).filter(({ name }) => name === 'a');
  const read = pool.read.bind(pool);
  Object.assign(pool, {
    async read(id, range) {
      if (id !== a?.id) return read(id, range);
      await client.s3.deleteObject({ bucket: made.bucket, key: 'a' });
      await pool.remove(id);
      return read(id, range);
    },
  } satisfies Pick<typeof pool, 'read'>);
  const { jobId } = await client.ds3.verifyBulkJob({ id: made.bucket });
  await jobReaches(client, jobId, 'COMPLETED');
  expect(await client.ds3.getCompletedJob({ id: jobId })).toMatchObject({ errorMessage: null });
  expect((await client.ds3.getSuspectBlobPools({ poolId })).items).toEqual([]);
});
