import { join } from 'node:path';
import { startServer } from '../../processes/server.ts';
import { bodyChecksum } from '../drivers/body-checksum.ts';
import type { Bench, Finding, Measure } from '../measure.ts';
import { mostMemory, noMemoryTold } from '../memory.ts';
import { clientOf, emptyBucket, getJob, putJob } from '../ours.ts';

export const manyStreams: Measure = {
  name: 'many-streams',
  number: 13,
  about:
    'The most memory that a freshly started server has held (`VmHWM`, PostgreSQL apart) after 64 streams of 128 MiB came in at once, and after they went out at once.',
  minutes: 30,
  run: measureManyStreams,
};

const streams = 64;
const goal = { atMost: 400 };

async function* measureManyStreams(bench: Bench): AsyncGenerator<Finding> {
  const size = bench.size(128 * 1024 * 1024, 4096);
  const puts: number[] = [];
  const gets: number[] = [];
  for (let repeat = 0; repeat < bench.repeats; repeat++) {
    // Each time a new one: what a process has held at most does not go down again.
    const server = await startServer({
      dataFolder: join(bench.folder, String(repeat), 'data'),
      logFile: join(bench.folder, String(repeat), 'server.log'),
      settings: { NACRE_LOG_LEVEL: 'warn' },
      signal: bench.signal,
    });
    const ours = { server, client: clientOf(server) };
    try {
      const bucket = await emptyBucket(ours, 'MD5');
      const objects = Array.from({ length: bench.smoke ? 4 : streams }, (_, i) => ({ name: `stream-${i}`, size }));
      const blobs = { bucket, objects, blobSize: size, atOnce: streams, signature: 'v2' as const };
      await putJob(bench, ours, blobs, { 'Content-MD5': bodyChecksum('MD5', size) });
      puts.push(peakMemory(server.pid));
      await getJob(bench, ours, blobs);
      gets.push(peakMemory(server.pid));
      await ours.client.ds3.deleteBucket({ id: bucket, force: true });
    } finally {
      ours.client.close();
      await server.stop();
    }
  }
  yield { name: 'memory after 64 PUTs at once', unit: 'MB', ours: puts, goal };
  yield { name: 'memory after 64 GETs at once besides', unit: 'MB', ours: gets, goal };
}

/** Megabytes. Errors: where the system does not tell. */
function peakMemory(pid: number): number {
  const most = mostMemory(pid);
  if (most === undefined) throw new Error(noMemoryTold);
  return most;
}
