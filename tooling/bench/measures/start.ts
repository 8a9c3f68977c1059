import { join } from 'node:path';
import { startServer } from '../../processes/server.ts';
import { milliseconds } from '../interleaved.ts';
import type { Bench, Finding, Measure } from '../measure.ts';

export const start: Measure = {
  name: 'start',
  number: 15,
  about: 'From the start of `nacre-server` until it serves: with an empty data folder, and with what that start left.',
  run: measureStart,
};

async function* measureStart(bench: Bench): AsyncGenerator<Finding> {
  const startOnce = (repeat: number) => async () => {
    const folder = join(bench.folder, String(repeat));
    let server: Awaited<ReturnType<typeof startServer>> | undefined;
    const took = await milliseconds(async () => {
      server = await startServer({
        dataFolder: join(folder, 'data'),
        logFile: join(folder, 'server.log'),
        signal: bench.signal,
      });
    });
    await server?.stop();
    return took;
  };
  const first: number[] = [];
  const later: number[] = [];
  for (let repeat = 0; repeat < bench.repeats; repeat++) {
    const once = startOnce(repeat);
    first.push(await once());
    later.push(await once());
  }
  yield { name: 'first start', unit: 'ms', ours: first, goal: { atMost: 3000 } };
  yield { name: 'later start', unit: 'ms', ours: later, goal: { atMost: 1000 } };
}
