import { startTestServer } from './server.ts';

/**
 * For vitest's `globalSetup`: one embedded PostgreSQL for all test files of a run, in place of one for each.
 * Does nothing when `NACRE_TEST_DATABASE_URL` names one already.
 */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.NACRE_TEST_DATABASE_URL !== undefined) return undefined;
  const server = await startTestServer();
  process.env.NACRE_TEST_DATABASE_URL = server.url;
  return () => server.stop();
}
