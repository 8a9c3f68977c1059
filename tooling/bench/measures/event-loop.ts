import { bodyChecksum } from '../drivers/body-checksum.ts';
import type { Bench, Finding, Measure } from '../measure.ts';
import { type Blobs, clientOf, emptyBucket, getJob, putJob } from '../ours.ts';
import { watchedServer } from '../watched-server.ts';
import { atOnce, size } from './small-objects.ts';

export const eventLoop: Measure = {
  name: 'event-loop',
  number: 17,
  about:
    'Goal 17, beside job-rows: how late the event loop of the server is while 20,000 objects of 4 KiB are written and read with jobs, 32 requests at once, as in small-objects.',
  run: measureEventLoop,
};

async function* measureEventLoop(bench: Bench): AsyncGenerator<Finding> {
  const watched = await watchedServer(bench, 'event-loop');
  const ours = { server: watched.server, client: clientOf(watched.server) };
  const objects = Array.from({ length: bench.size(20_000, 8) }, (_, i) => ({ name: `object-${i}`, size }));
  const puts: number[] = [];
  const gets: number[] = [];
  try {
    for (let repeat = 0; repeat < bench.repeats; repeat++) {
      const bucket = await emptyBucket(ours, 'MD5');
      const blobs: Blobs = { bucket, objects, blobSize: size, atOnce, signature: 'v2' };
      await watched.loopDelay();
      await putJob(bench, ours, blobs, { 'Content-MD5': bodyChecksum('MD5', size) });
      puts.push(await watched.loopDelay());
      await getJob(bench, ours, blobs);
      gets.push(await watched.loopDelay());
      await ours.client.ds3.deleteBucket({ id: bucket, force: true });
    }
  } finally {
    ours.client.close();
  }
  yield { name: 'late while writing, p99', unit: 'ms', ours: puts, goal: { atMost: 50 } };
  yield { name: 'late while reading, p99', unit: 'ms', ours: gets, goal: { atMost: 50 } };
}
