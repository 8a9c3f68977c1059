import { join } from 'node:path';
import { freshDatabase } from '@nacre/store/testing';
import { afterAll, expect, test } from 'vitest';
import { startTcpProxy } from '../faults/tcp-proxy.ts';
import { startServerProcess, temporaryFolder } from './system.ts';

const folder = await temporaryFolder();

test('a server whose database has gone ends within its time when it is asked to', async () => {
  const address = new URL((await freshDatabase()).url);
  const sockets = address.searchParams.get('host');
  const target = sockets
    ? { path: `${sockets}/.s.PGSQL.5432` }
    : { host: address.hostname, port: Number(address.port) };
  const way = await startTcpProxy({ target });
  afterAll(() => way.close());
  address.searchParams.delete('host');
  address.host = `127.0.0.1:${way.port}`;
  const server = await startServerProcess(join(folder, 'data'), {
    NACRE_DATABASE_URL: address.href,
    NACRE_SHUTDOWN_SECONDS: '1',
  });
  const ready = async () => (await fetch(`${server.endpoint}/_nacre/health/ready`)).status;
  expect(await ready()).toBe(200);
  way.mode = { kind: 'reset' };
  way.reset();
  expect(await ready()).toBe(503);
  // As asked, or with a complaint, but not by force.
  expect([undefined, 'the server ended with 1']).toContain(await server.stop());
}, 60_000);
