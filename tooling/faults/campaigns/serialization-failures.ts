import { join } from 'node:path';
import { administrator } from '../../processes/server.ts';
import type { Campaign } from '../campaign.ts';
import { startServer } from '../processes.ts';
import { runWireSuite } from '../wire-suite.ts';

export const serializationFailures: Campaign = {
  name: 'serialization-failures',
  about:
    'The wire suite runs against a server of which one transaction in five fails at its COMMIT with 40001, as a distributed PostgreSQL fails those that met others. Every test passes.',
  unit: 'tests',
  least: { full: 400, quick: 10 },
  page: 'durability',
  async run({ quick, seed, folder, signal, log }) {
    const server = await startServer({
      dataFolder: join(folder, 'data'),
      env: { NACRE_FAILPOINTS: 'db.commit%20=error:40001' },
      signal,
    });
    const access = { endpoint: server.endpoint, ...administrator };
    const files = quick ? ['jobs', 'multipart'] : [];
    const { passed, failures } = await runWireSuite(access, files, { folder, signal });
    await server.stop();
    log(`${passed} tests passed`);
    return { done: passed, wrong: failures.map((what) => ({ seed, what })) };
  },
};
