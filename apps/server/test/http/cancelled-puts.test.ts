import { expect, test } from 'vitest';
import { startTestServer } from '../support/server.ts';
import { aBucket, withCode } from '../support/things.ts';

test('a PUT without a job whose own job is cancelled before a byte is read is told so', async () => {
  const { client, context } = await startTestServer();
  const bucket = await aBucket(client);
  const { store, nakedJobs } = context;
  const { tx } = store;
  let isCancelling = false;
  // Whoever commits something while the PUT is under way has all jobs cancelled: the PUT itself, when it has made its job.
  Object.assign(store, {
    async tx(work, options) {
      const done = await tx(work, options);
      if (isCancelling || nakedJobs.underWay.size === 0) return done;
      isCancelling = true;
      await client.ds3.cancelAllJobs({});
      isCancelling = false;
      return done;
    },
  } satisfies Pick<typeof store, 'tx'>);
  await expect(client.s3.putObject({ bucket, key: 'a', body: 'abc' })).rejects.toThrow(withCode('Gone'));
  Object.assign(store, { tx });
  expect((await client.s3.getBucket({ bucket })).contents).toEqual([]);
});
