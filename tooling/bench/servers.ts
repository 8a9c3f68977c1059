import { join } from 'node:path';
import { type ServerProcess, startServer } from '../processes/server.ts';
import type { BenchServer } from './measure.ts';

/** Servers that measures share. */
export interface Servers {
  get(options?: BenchServer): Promise<ServerProcess>;
  /** Errors: when one did not end as asked. */
  stopAll(): Promise<void>;
}

/** Each with a data folder of its own below `folder`. */
export function openServers(folder: string, signal: AbortSignal): Servers {
  const running = new Map<string, Promise<ServerProcess>>();
  return {
    get({ name = 'ours', settings = {} } = {}) {
      const key = JSON.stringify([name, Object.entries(settings).sort()]);
      let server = running.get(key);
      if (!server) {
        const own = join(folder, `${name}-${running.size}`);
        server = startServer({
          dataFolder: join(own, 'data'),
          logFile: join(own, 'server.log'),
          // Blobs may be as small as a smoke run has them.
          settings: { NACRE_LOG_LEVEL: 'warn', NACRE_MIN_UPLOAD_SIZE: '1', ...settings },
          signal,
        });
        running.set(key, server);
      }
      return server;
    },
    async stopAll() {
      const servers = await Promise.allSettled(running.values());
      running.clear();
      const ends = servers.map((each) => (each.status === 'fulfilled' ? each.value.stop() : undefined));
      const problems = (await Promise.all(ends)).filter((problem) => problem !== undefined);
      if (problems.length > 0) throw new Error(problems.join('; '));
    },
  };
}
