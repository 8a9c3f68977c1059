import { recordReceived, removeObjects } from '@nacre/store';
import { expect, test, vi } from 'vitest';
import { startTestServer } from '../support/server.ts';
import { aPutJob } from '../support/things.ts';

test('a blob that is received while another object of its chunk is removed is counted', async () => {
  const { client, context } = await startTestServer();
  const { store, clock, node } = context;
  const { job } = await aPutJob(client, [
    { name: 'comes', size: 9 },
    { name: 'goes', size: 9 },
  ]);
  const [chunk] = job.objects;
  const chunkId = chunk?.chunkId ?? '';
  const [comes, goes] = ['comes', 'goes'].map((name) => chunk?.objects.find((blob) => blob.name === name));
  const receipt = {
    blobId: comes?.id ?? '',
    objectId: comes?.versionId ?? '',
    chunkId,
    jobId: job.jobId,
    nodeId: node.id,
    checksumType: 'MD5' as const,
    checksum: 'JfnnlDI7RTiF9RgfG2JNCw==',
    crc32: '4waSgw==',
    metadata: undefined,
    systemMetadata: undefined,
  };
  let removing: Promise<unknown> = Promise.resolve();
  await store.tx(async (tx) => {
    await recordReceived(tx, [receipt], clock.now());
    removing = store.tx((other) => removeObjects(other, [goes?.versionId ?? '']));
    // It has come as far as the chunk, and waits for this transaction there.
    await vi.waitFor(async () => {
      const [row] = await store.sql`select count(*) as n from pg_locks where not granted`;
      expect(Number(row?.n)).toBeGreaterThan(0);
    });
  });
  await removing;
  const [counters] = await store.sql`select blobs, cached_blobs, cached_size from job_chunks where id = ${chunkId}`;
  expect(counters).toEqual({ blobs: 1, cached_blobs: 1, cached_size: '9' });
});
