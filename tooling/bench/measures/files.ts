import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, runProgram } from '../../processes/program.ts';
import type { ServerProcess } from '../../processes/server.ts';
import { runNacre, runTimed, type TimedEnd } from '../cli.ts';
import { makeFiles } from '../files.ts';
import { interleaved, type Side } from '../interleaved.ts';
import type { Bench, Finding, Measure } from '../measure.ts';
import { clientOf, emptyBucket, type Ours } from '../ours.ts';

export const files: Measure = {
  name: 'files',
  number: 14,
  about:
    '`nacre put` and `nacre get` of many small files and of a large one, against `rclone copy` of the same files with the same server, from the start of the program to its end. rclone signs with version 4 and moves as much at a time as `nacre` does. Both compare what they move with its MD5.',
  minutes: 120,
  run: measureFiles,
};

interface Workload {
  readonly name: string;
  readonly count: number;
  readonly size: number;
}

/** Seconds. */
interface Sample {
  readonly put: number;
  readonly get: number;
}

async function* measureFiles(bench: Bench): AsyncGenerator<Finding> {
  const workloads: readonly Workload[] = [
    { name: 'files of 16 KiB', count: bench.size(10_000, 4), size: 16 * 1024 },
    { name: 'file of 8 GiB', count: 1, size: bench.size(8 * 1024 ** 3, 100_000) },
  ];
  const server = await bench.server();
  const ours = { server, client: clientOf(server) };
  const rclone = bench.smoke ? undefined : findProgram('rclone');
  if (rclone === undefined) yield { missing: 'rclone', why: 'it is not on PATH' };
  yield { missing: "the Java SDK's helpers", why: 'the SDK is not in the public package registries' };
  try {
    for (const workload of workloads) {
      const source = join(bench.folder, workload.name.replaceAll(' ', '-'));
      await makeFiles(source, workload.count, workload.size);
      const sides: Record<string, Side<Sample>> = {
        nacre: () => moveFiles(bench, ours, source, workload, nacreOf(bench, server)),
      };
      if (rclone) sides.rclone = () => moveFiles(bench, ours, source, workload, rcloneOf(bench, server, rclone));
      const { nacre = [], rclone: other } = await interleaved(bench, sides);
      const version = rclone && (await versionOf(bench, rclone));
      for (const what of ['put', 'get'] as const) {
        yield {
          name: `${what}, ${workload.count} ${workload.name}`,
          unit: 's',
          ours: nacre.map((sample) => sample[what]),
          other: other && { name: 'rclone', version, samples: other.map((sample) => sample[what]) },
          goal: other && { atMost: 1 },
        };
      }
      await rm(source, { recursive: true });
    }
  } finally {
    ours.client.close();
  }
}

/** A program that moves a folder into a bucket and out of it. */
interface Mover {
  put(bucket: string, source: string): Promise<TimedEnd>;
  get(bucket: string, target: string): Promise<TimedEnd>;
}

async function moveFiles(
  bench: Bench,
  ours: Ours,
  source: string,
  { count, size }: Workload,
  mover: Mover,
): Promise<Sample> {
  const bucket = await emptyBucket(ours, 'MD5');
  const back = join(bench.folder, 'back');
  const { seconds: put } = await mover.put(bucket, source);
  const { seconds: get } = await mover.get(bucket, back);
  const names = await readdir(back);
  const last = await stat(join(back, `file-${count - 1}`));
  if (names.length !== count || last.size !== size) throw new Error(`${names.length} files came back`);
  await rm(back, { recursive: true });
  await ours.client.ds3.deleteBucket({ id: bucket, force: true });
  return { put, get };
}

function nacreOf(bench: Bench, server: ServerProcess): Mover {
  return {
    put: (bucket, source) => runNacre(bench, server, ['put', bucket, `${source}/`]),
    get: (bucket, target) => runNacre(bench, server, ['get', bucket, target]),
  };
}

function rcloneOf(bench: Bench, { endpoint, accessKey, secretKey }: ServerProcess, program: string): Mover {
  const env = {
    RCLONE_CONFIG: join(bench.folder, 'no-rclone.conf'),
    RCLONE_CONFIG_NACRE_TYPE: 's3',
    RCLONE_CONFIG_NACRE_PROVIDER: 'Other',
    RCLONE_CONFIG_NACRE_ENDPOINT: endpoint,
    RCLONE_CONFIG_NACRE_ACCESS_KEY_ID: accessKey,
    RCLONE_CONFIG_NACRE_SECRET_ACCESS_KEY: secretKey,
    RCLONE_CONFIG_NACRE_REGION: 'us-east-1',
    RCLONE_S3_NO_CHECK_BUCKET: 'true',
    RCLONE_S3_CHUNK_SIZE: '64Mi',
    RCLONE_S3_UPLOAD_CONCURRENCY: '8',
    RCLONE_MULTI_THREAD_STREAMS: '8',
    RCLONE_TRANSFERS: '32',
    RCLONE_CHECKERS: '32',
  };
  const copy = (from: string, to: string) => runTimed(bench, program, ['copy', '--quiet', from, to], env);
  return {
    put: (bucket, source) => copy(source, `nacre:${bucket}`),
    get: (bucket, target) => copy(`nacre:${bucket}`, target),
  };
}

async function versionOf({ signal }: Bench, program: string): Promise<string | undefined> {
  const { stdout } = await runProgram(program, ['version'], { seconds: 30, signal });
  return /^rclone (\S+)/.exec(stdout)?.[1];
}
