import { removeObjects } from '@nacre/store';
import { onTestFinished, test, vi } from 'vitest';
import { startTestServer } from '../support/server.ts';
import { aPutJob, jobReaches } from '../support/things.ts';

test('a task that nobody tells of is found although the clock is set back', async () => {
  const real = Date.now;
  let back = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => {
    back += 60_000;
    return real() - back;
  });
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  const { client, context } = await startTestServer();
  const { job } = await aPutJob(client, [{ name: 'a', size: 1 }]);
  // As another node does it when all that a job waits for is deleted there.
  await context.store.tx(async (tx) => {
    const objects = job.objects.flatMap((chunk) => chunk.objects.flatMap(({ versionId }) => versionId ?? []));
    await context.queue.settle(tx, await removeObjects(tx, objects));
  });
  await jobReaches(client, job.jobId, 'COMPLETED');
});
