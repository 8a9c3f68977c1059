import { join } from 'node:path';
import { runNacre } from '../cli.ts';
import { makeFiles } from '../files.ts';
import type { Bench, Finding, Measure } from '../measure.ts';
import { clientOf, emptyBucket } from '../ours.ts';

export const replication: Measure = {
  name: 'replication',
  number: 15,
  about:
    'A PUT job of 10,000 objects of 16 KiB goes from one server to another on the same machine with `nacre job replicate`: data moved and both sides compared. Beside it, `nacre put` of the same files to the first server, which makes the job that is replicated.',
  minutes: 60,
  run: measureReplication,
};

const size = 16 * 1024;

async function* measureReplication(bench: Bench): AsyncGenerator<Finding> {
  const count = bench.size(10_000, 4);
  const [from, to] = [await bench.server(), await bench.server({ name: 'target' })];
  const [source, target] = [from, to].map((server) => ({ server, client: clientOf(server) }));
  if (!source || !target) throw new Error('two servers were started');
  try {
    const files = join(bench.folder, 'files');
    await makeFiles(files, count, size);
    const nacre = (...args: readonly string[]) => runNacre(bench, from, args);
    for (const key of ['endpoint', 'access-key', 'secret-key'] as const) {
      const value = { endpoint: to.endpoint, 'access-key': to.accessKey, 'secret-key': to.secretKey }[key];
      await nacre('--profile', 'target', 'config', 'set', key, value);
    }
    const put: number[] = [];
    const replicated: number[] = [];
    for (let repeat = 0; repeat < bench.repeats; repeat++) {
      const bucket = await emptyBucket(source, 'MD5');
      const targetBucket = await emptyBucket(target, 'MD5');
      const made = await nacre('--output', 'json', 'put', bucket, `${files}/`);
      const { jobId } = JSON.parse(made.stdout) as { jobId: string };
      put.push(made.seconds);
      const moved = await nacre('job', 'replicate', jobId, '--to', 'target', '--bucket', targetBucket);
      if (!moved.stdout.includes(`${count} verified`)) throw new Error(moved.stdout);
      replicated.push(moved.seconds);
      await source.client.ds3.deleteBucket({ id: bucket, force: true });
      await target.client.ds3.deleteBucket({ id: targetBucket, force: true });
    }
    yield {
      name: `replication of a job of ${count}`,
      unit: 's',
      ours: replicated,
      other: { name: '`nacre put` of the same', samples: put },
      goal: { atMost: 1.5 },
    };
  } finally {
    source.client.close();
    target.client.close();
  }
}
