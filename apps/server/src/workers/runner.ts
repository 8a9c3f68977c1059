import { databaseError } from '@nacre/store';
import { enterFailpointScope } from '@nacre/store/failpoints';
import type { ServerContext } from '../context.ts';

/** Something that happens again and again. One unit of work a call; safe to run twice; says whether there is more. */
export interface Worker {
  readonly name: string;
  readonly everySeconds: number;
  work(ctx: ServerContext, signal: AbortSignal): Promise<'more' | 'done'>;
}

export interface Runner {
  /** Runs a worker now, or again when it runs, and soon again while it fails. */
  runNow(worker: Worker): void;
  /** Lets running units of work end, and starts no other. */
  stop(): Promise<void>;
}

/** A worker that failed is run again after so long, or at its interval if that is sooner: what was wrong may be over. */
const soonSeconds = 10;

/** Runs each worker now and at its interval, and at once again while it says that there is more. */
export function startWorkers(ctx: ServerContext, workers: readonly Worker[]): Runner {
  const ended = new AbortController();
  const running = new Map<Worker, Promise<void>>();
  const timers = new Map<Worker, NodeJS.Timeout>();
  /** They run, and were asked to run since. */
  const asked = new Set<Worker>();

  async function turn(worker: Worker): Promise<void> {
    let pause = worker.everySeconds;
    enterFailpointScope(worker.name);
    try {
      while (!ended.signal.aborted && (await worker.work(ctx, ended.signal)) === 'more');
    } catch (error) {
      pause = Math.min(pause, soonSeconds);
      ctx.log.error({
        worker: worker.name,
        err: databaseError(error) ?? error,
        msg: `a worker failed; it runs again in ${pause} seconds`,
      });
    }
    const again = () => begin(worker);
    if (!ended.signal.aborted) timers.set(worker, setTimeout(again, pause * 1000));
  }

  function begin(worker: Worker): void {
    if (running.has(worker)) {
      asked.add(worker);
      return;
    }
    clearTimeout(timers.get(worker));
    const run = turn(worker).finally(() => {
      running.delete(worker);
      if (asked.delete(worker) && !ended.signal.aborted) begin(worker);
    });
    running.set(worker, run);
  }

  for (const worker of workers) begin(worker);
  return {
    runNow: begin,
    async stop() {
      ended.abort();
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(running.values());
    },
  };
}
