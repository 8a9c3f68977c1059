import { join } from 'node:path';
import { freshDatabase, freshFolder } from '@nacre/store/testing';
import { startTestServer, type TestServer } from './server.ts';

/** What nodes of one system have in common: a database, a master key, and the folders of the pools. */
async function commonGround(): Promise<Readonly<Record<string, string>>> {
  const { url } = await freshDatabase();
  const pools = await freshFolder();
  return {
    NACRE_DATABASE_URL: url,
    NACRE_MASTER_KEY: '5'.repeat(64),
    NACRE_POOLS: `pool-1=${join(pools, '1')},pool-2=${join(pools, '2')}`,
  };
}

/** Two nodes of one system, each with a folder and a cache of its own. */
export async function twoNodes(env: Readonly<Record<string, string>> = {}): Promise<[TestServer, TestServer]> {
  const common = { ...(await commonGround()), ...env };
  return [await startTestServer({ env: common }), await startTestServer({ env: common })];
}
