import { enterFailpointScope } from '@nacre/store/failpoints';
import type { ServerContext } from '../context.ts';

/** Something that happens again and again. One unit of work a call; safe to run twice; says whether there is more. */
export interface Worker {
  readonly name: string;
  readonly everySeconds: number;
  work(ctx: ServerContext, signal: AbortSignal): Promise<'more' | 'done'>;
}

export interface Runner {
  /** Lets running units of work end, and starts no other. */
  stop(): Promise<void>;
}

/** Runs each worker now and at its interval, and at once again while it says that there is more. */
export function startWorkers(ctx: ServerContext, workers: readonly Worker[]): Runner {
  const ended = new AbortController();
  const running = new Set<Promise<void>>();
  const timers = workers.map((worker) => {
    let busy = false;
    const turn = async () => {
      busy = true;
      enterFailpointScope(worker.name);
      try {
        while (!ended.signal.aborted && (await worker.work(ctx, ended.signal)) === 'more');
      } catch (error) {
        ctx.log.error({ worker: worker.name, err: error, msg: 'a worker failed; it runs again at its interval' });
      } finally {
        busy = false;
      }
    };
    const begin = () => {
      if (busy) return;
      const run = turn().finally(() => running.delete(run));
      running.add(run);
    };
    begin();
    return setInterval(begin, worker.everySeconds * 1000);
  });
  return {
    async stop() {
      ended.abort();
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running);
    },
  };
}
