import { type Client, createClient } from '@nacre/client';
import { freshDatabase, freshFolder } from '@nacre/store/testing';
import { pino } from 'pino';
import { afterAll } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { type RunningServer, startServer } from '../../src/server.ts';

export const accessKey = 'QWRtaW5pc3RyYXRvcg==';
export const secretKey = 'test-secret-of-the-administrator';

export interface TestServer extends RunningServer {
  readonly client: Client;
}

/** Settings that make small things show what large ones do. */
const small = {
  NACRE_LISTEN: '127.0.0.1:0',
  NACRE_LOG_LEVEL: 'silent',
  NACRE_ADMIN_ACCESS_KEY: accessKey,
  NACRE_ADMIN_SECRET_KEY: secretKey,
  NACRE_MIN_UPLOAD_SIZE: '1',
};

/** A server in this process, on a database and a folder of its own; ended after the file's tests. */
export async function startTestServer(
  options: { readonly env?: Readonly<Record<string, string>>; readonly clock?: Clock } = {},
): Promise<TestServer> {
  const { url } = await freshDatabase();
  const env = { ...small, NACRE_DATA: await freshFolder(), NACRE_DATABASE_URL: url, ...options.env };
  const clock = options.clock === undefined ? {} : { clock: options.clock };
  const server = await startServer({
    config: readConfig([], env),
    log: pino({ level: env.NACRE_LOG_LEVEL }),
    ...clock,
  });
  const client = createClient({ endpoint: server.endpoint, accessKey, secretKey });
  afterAll(async () => {
    client.close();
    await server.stop();
  });
  return { ...server, client };
}

/** The system that wire tests speak to: the one that `DS3_ENDPOINT` names, or a server of their own. */
export async function systemUnderTest(): Promise<Client> {
  const { DS3_ENDPOINT: endpoint, DS3_ACCESS_KEY: access, DS3_SECRET_KEY: secret } = process.env;
  if (!endpoint) return (await startTestServer()).client;
  return createClient({ endpoint, accessKey: access ?? '', secretKey: secret ?? '' });
}
