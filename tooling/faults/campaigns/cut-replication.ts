import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, type Clock, replicateJob, systemClock } from '@nacre/client';
import { atSteps } from '../at-steps.ts';
import type { Campaign, Run, Wrong } from '../campaign.ts';
import { checkPutJob, makePutJob, type PutJob, putJobOf, sendBlobs } from '../load/put-jobs.ts';
import { type ServerProcess, startServer } from '../processes.ts';
import { randomFrom } from '../random.ts';
import { replaceFile } from '../replace-file.ts';
import { startTcpProxy, type TcpProxy } from '../tcp-proxy.ts';

const bucket = 'replicated';
const quickSteps = 3;

/** Operations that a replication asks the source and the target for. */
const scopes: Readonly<Record<Side, readonly string[]>> = {
  source: ['getJobToReplicate', 'getJob', 'getObject', 'headObject'],
  target: ['replicatePutJob', 'allocateJobChunk', 'getJobChunksReadyForClientProcessing', 'putObject'],
};
type Side = 'source' | 'target';

/** Waits a fiftieth of what it is told to: what it waits for are servers of this machine. */
const hurried: Clock = { ...systemClock, wait: (seconds, signal) => systemClock.wait(seconds / 50, signal) };

export const cutReplication: Campaign = {
  name: 'cut-replication',
  about:
    'A job is replicated to a second server; at each step of the protocol the source or the target is killed, or their connection to the client is cut. Begun again, nothing is lost and nothing is there twice.',
  unit: 'cuts',
  least: { full: 'all', quick: 3 * quickSteps },
  page: 'durability',
  async run(run) {
    const pair = await openPair(run);
    const wrong: Wrong[] = [];
    let done = 0;
    let all = 0;
    const random = randomFrom(run.seed);
    const most = run.quick ? quickSteps : Number.POSITIVE_INFINITY;
    const steps = await pair.stepsOfOne(wrong, run.seed);
    for (const side of ['source', 'target'] as const) {
      const { met, tried } = await atSteps(steps[side], { random, most }, async (step) => {
        const found = await pair.replicateWith(side, step);
        wrong.push(...found.wrong.map((what) => ({ seed: run.seed, what: `${side} killed at ${step}: ${what}` })));
        return found.met;
      });
      done += met;
      all += met;
      run.log(`${side} killed at ${met} of ${tried} steps`);
    }
    const lengths = Array.from({ length: 60 }, (_, i) => 150 * (i + 1) ** 2);
    const cuts = run.quick ? Array.from({ length: quickSteps }, () => random.pick(lengths)) : lengths;
    for (const after of cuts) {
      const found = await pair.replicateOverCuts(after);
      done += 1;
      all += 1;
      wrong.push(...found.map((what) => ({ seed: run.seed, what: `connections cut after ${after} bytes: ${what}` })));
    }
    run.log(`${cuts.length} replications over connections that are cut`);
    await pair.close();
    return { done, all, wrong };
  },
};

/** A source and a target, each with failpoints that a file arms and with a proxy before the target. */
async function openPair({ folder, signal }: Run) {
  const start = async (side: Side) =>
    startServer({
      dataFolder: join(folder, side),
      env: { NACRE_MAX_BLOBS_PER_CHUNK: '2', NACRE_FAILPOINTS: `@${rulesOf(side)}` },
      signal,
    });
  const rulesOf = (side: Side) => join(folder, `rules-${side}`);
  const traceOf = (side: Side) => join(folder, `steps-${side}`);
  const arm = (side: Side, rules: string) => replaceFile(rulesOf(side), rules);
  for (const side of ['source', 'target'] as const) arm(side, '');
  const servers: Record<Side, ServerProcess> = { source: await start('source'), target: await start('target') };
  for (const server of Object.values(servers)) await server.client().s3.putBucket({ bucket });
  let number = 0;

  async function newJob(): Promise<PutJob> {
    number += 1;
    const name = `job-${number}`;
    const sizes = [0, 3000, 90_000];
    const objects = sizes.map((size, i) => ({ key: `${name}/${i}`, size }));
    const job = putJobOf({ bucket, name, objects, id: undefined });
    const client = servers.source.client();
    await makePutJob(client, job);
    await sendBlobs(client, job);
    return job;
  }

  const replicate = (job: PutJob, target: Client = servers.target.client({ clock: hurried })) =>
    replicateJob({
      source: servers.source.client({ clock: hurried }),
      target,
      jobId: job.id ?? '',
      concurrency: 1,
      patienceSeconds: 3,
      signal,
    });

  /** The job is on the target as on the source: every object once, with its bytes. */
  async function compare(job: PutJob): Promise<string[]> {
    const wrong: string[] = [];
    for (const side of ['source', 'target'] as const) {
      const client = servers[side].client();
      const copy = { ...job, objects: job.objects };
      wrong.push(...(await checkPutJob(client, copy)).map((what) => `on the ${side}: ${what}`));
      const { versions } = await client.s3.getBucket({ bucket, prefix: `${job.name}/`, versions: true });
      if (versions.length !== job.objects.length) wrong.push(`on the ${side}: ${versions.length} versions`);
    }
    return wrong;
  }

  /** Goes on until the replication succeeds; servers that were killed are started again. */
  async function replicateToTheEnd(job: PutJob, target?: Client): Promise<string[]> {
    for (let tries = 0; tries < 3; tries++) {
      const failure = await replicate(job, target).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      if (failure === undefined) return compare(job);
      for (const side of ['source', 'target'] as const) {
        if (await endsSoon(servers[side])) {
          arm(side, '');
          servers[side] = await start(side);
        }
      }
      if (tries === 2) return [`it does not succeed when begun again: ${String(failure.error)}`];
    }
    return [];
  }

  return {
    async stepsOfOne(wrong: Wrong[], seed: number): Promise<Record<Side, readonly string[]>> {
      const job = await newJob();
      for (const side of ['source', 'target'] as const) {
        rmSync(traceOf(side), { force: true });
        arm(side, `*=trace:${traceOf(side)}`);
      }
      await replicate(job);
      for (const side of ['source', 'target'] as const) arm(side, '');
      wrong.push(...(await compare(job)).map((what) => ({ seed, what: `without a fault: ${what}` })));
      const steps = (side: Side) =>
        [...new Set(readFileSync(traceOf(side), 'utf8').split('\n'))].filter((step) =>
          scopes[side].includes(step.split('/')[0] ?? ''),
        );
      return { source: steps('source'), target: steps('target') };
    },

    async replicateWith(side: Side, step: string): Promise<{ met: boolean; wrong: readonly string[] }> {
      const job = await newJob();
      arm(side, `${step}=kill`);
      const before = servers[side].pid;
      const wrong = await replicateToTheEnd(job);
      arm(side, '');
      return { met: servers[side].pid !== before, wrong };
    },

    /** Each connection to the target is cut after so many bytes, until the client has given up; then it goes on. */
    async replicateOverCuts(after: number): Promise<readonly string[]> {
      const job = await newJob();
      const { port } = new URL(servers.target.endpoint);
      const proxy: TcpProxy = await startTcpProxy({ target: { host: '127.0.0.1', port: Number(port) } });
      try {
        const target = servers.target.client({ clock: hurried, endpoint: `http://127.0.0.1:${proxy.port}` });
        proxy.mode = { kind: 'cut', after, direction: after % 2 === 0 ? 'up' : 'down' };
        await replicate(job, target).catch(() => {});
        proxy.mode = { kind: 'pass' };
        return await replicateToTheEnd(job, target);
      } finally {
        await proxy.close();
      }
    },

    async close() {
      for (const server of Object.values(servers)) await server.stop();
    },
  };
}

/** Whether a server that no longer answers has ended, or is about to. */
function endsSoon(server: ServerProcess): Promise<boolean> {
  if (server.hasEnded()) return Promise.resolve(true);
  const later = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 500).unref());
  return Promise.race([server.ended.then(() => true), later]);
}
