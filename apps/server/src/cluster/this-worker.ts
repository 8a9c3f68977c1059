import cluster from 'node:cluster';
import type { Config } from '../config.ts';
import type { RunningServer } from '../server.ts';

/** What a worker process tells when it serves. */
export type Served = Pick<RunningServer, 'endpoint' | 'secureEndpoint' | 'made'>;

/** Which worker a process is; its number comes with its environment. */
export const numberName = 'NACRE_WORKER_NUMBER';

/** The number of this process among its like, from 1; `undefined` in the one that started them. */
export function workerNumber(): number | undefined {
  return cluster.isWorker ? Number(process.env[numberName]) : undefined;
}

/** Tells the process that started this one. */
export function tellServed({ endpoint, secureEndpoint, made }: Served): void {
  process.send?.({ endpoint, secureEndpoint, made });
}

/** What one worker has of what is set for all of them. */
export function shareOf(config: Config): Config {
  const part = (whole: number) => Math.ceil(whole / config.workers);
  return {
    ...config,
    cacheSize: Math.floor(config.cacheSize / config.workers),
    maxConnections: part(config.maxConnections),
    maxRequests: part(config.maxRequests),
  };
}
