import { pino } from 'pino';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { startServer } from '../../src/server.ts';
import { twoNodes } from '../support/cluster.ts';
import { aBucketUnder } from '../support/policies.ts';
import { aPutJob, bytesOf, contentOf, sendBlobs, withCode } from '../support/things.ts';

const [a, b] = await twoNodes({ NACRE_MAX_BLOBS_PER_CHUNK: '1' });

test('a node that stops is named no more; its cached blobs wait for it, its chunks go to others', async () => {
  const bucket = await aBucketUnder(a.client, {}, { isPersisted: false });
  const cached = await aPutJob(b.client, [{ name: 'cached', size: 10 }], { bucket });
  await sendBlobs(b.client, cached);
  const open = await aPutJob(a.client, [
    { name: 'one', size: 1 },
    { name: 'two', size: 1 },
  ]);
  const nodesOf = async () => {
    const ready = await a.client.ds3.getJobChunksReadyForClientProcessing({ job: open.job.jobId });
    return { named: ready.nodes?.map(({ id }) => id).sort(), given: ready.objects.map(({ nodeId }) => nodeId).sort() };
  };
  const both = [a.context.node.id, b.context.node.id].sort();
  expect(await nodesOf()).toEqual({ named: both, given: both });

  await b.stop();
  const own = a.context.node.id;
  expect((await a.client.ds3.getJob({ id: open.job.jobId })).objects.map(({ nodeId }) => nodeId)).toEqual([own, own]);
  expect(await nodesOf()).toEqual({ named: [own], given: [own, own] });
  const readCached = () => a.client.s3.getObject({ bucket, key: 'cached' });
  await expect(readCached()).rejects.toThrow(withCode('ServiceUnavailable'));
  await sendBlobs(a.client, open);
  expect((await bytesOf(await a.client.s3.getObject({ bucket: open.bucket, key: 'two' }))).toString()).toBe('t');

  const { data, databaseUrl, masterKey } = b.context.config;
  const env = { NACRE_DATA: data, NACRE_DATABASE_URL: databaseUrl, NACRE_MASTER_KEY: masterKey };
  const config = readConfig(['--listen', '127.0.0.1:0', '--log-level', 'silent'], env);
  const again = await startServer({ config, log: pino({ level: 'silent' }) });
  try {
    const { nodes } = await a.client.ds3.getJob({ id: cached.job.jobId });
    expect(nodes?.map(({ id }) => id).sort()).toEqual(both);
    expect((await bytesOf(await readCached())).equals(contentOf('cached', 10))).toBe(true);
  } finally {
    await again.stop();
  }
});
