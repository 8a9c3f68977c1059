// Loaded before a server whose event loop is watched: on SIGUSR2 it appends to the file that NACRE_BENCH_PROBE names how
// long the loop was late since the last time, 99 of 100 times at most, in milliseconds.
import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const file = process.env.NACRE_BENCH_PROBE;
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('SIGUSR2', () => {
  if (file !== undefined) appendFileSync(file, `${delay.percentile(99) / 1e6}\n`);
  delay.reset();
});
