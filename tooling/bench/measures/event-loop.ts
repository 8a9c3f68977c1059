import type { Bench, Finding, Measure } from '../measure.ts';
import { clientOf } from '../ours.ts';
import { watchedServer } from '../watched-server.ts';
import { measureOurs } from './small-objects.ts';

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
  const names = Array.from({ length: bench.size(20_000, 8) }, (_, i) => `object-${i}`);
  const late: Record<'put' | 'get', number[]> = { put: [], get: [] };
  try {
    for (let repeat = 0; repeat < bench.repeats; repeat++) {
      await watched.loopDelay();
      await measureOurs(bench, ours, names, 'v2', async (what) => late[what].push(await watched.loopDelay()));
    }
  } finally {
    ours.client.close();
  }
  yield { name: 'late while writing, p99', unit: 'ms', ours: late.put, goal: { atMost: 50 } };
  yield { name: 'late while reading, p99', unit: 'ms', ours: late.get, goal: { atMost: 50 } };
}
