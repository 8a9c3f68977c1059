import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startEmbedded } from '../db/embedded.ts';

export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** An embedded PostgreSQL over a folder that goes with it. */
export async function startTestServer(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'nacre-test-'));
  const server = await startEmbedded(folder);
  const { socket, user, database } = server.connection;
  return {
    url: `postgres://${user}@localhost/${database}?host=${encodeURIComponent(dirname(socket))}`,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
