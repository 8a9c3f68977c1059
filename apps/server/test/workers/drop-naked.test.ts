import { armFailpoints } from '@nacre/store/failpoints';
import { afterEach, expect, test, vi } from 'vitest';
import { dropNaked } from '../../src/workers/drop-naked.ts';
import { sweep } from '../../src/workers/sweep.ts';
import { startTestServer } from '../support/server.ts';
import { aBucket, cachedIds, withCode } from '../support/things.ts';

const server = await startTestServer();
const { client, context } = server;
const never = new AbortController().signal;

afterEach(() => armFailpoints({}));

test('a PUT without a job that ended in the middle keeps its name from nobody for long', async () => {
  const bucket = await aBucket(client);
  const put = () => client.s3.putObject({ bucket, key: 'a', body: 'abc' });
  // Its bytes cannot be stored, and then what it has begun cannot be undone either.
  armFailpoints({ NACRE_FAILPOINTS: 'putObject/reserved=error,putObject/db.commit#2=error' });
  await expect(put()).rejects.toThrow(withCode('InternalError'));
  armFailpoints({});
  // Nobody waits for the next look of the worker.
  await vi.waitFor(put, { timeout: 10_000 });
  await dropNaked.work(context, never);
  expect(await client.s3.headObject({ bucket, key: 'a' })).toMatchObject({ contentLength: 3 });
});

test('its file goes, when it was there before the row', async () => {
  const bucket = await aBucket(client);
  const before = await cachedIds(context);
  // The bytes are in their place; the row that would say so is not written, and nothing can be undone.
  armFailpoints({ NACRE_FAILPOINTS: 'putObject/db.commit#2=error,putObject/db.commit#3=error' });
  await expect(client.s3.putObject({ bucket, key: 'a', body: 'abc' })).rejects.toThrow(withCode('InternalError'));
  armFailpoints({});
  await vi.waitFor(async () => {
    await dropNaked.work(context, never);
    await sweep.work(context, never);
    expect(await cachedIds(context)).toEqual(before);
  });
});

test('a PUT without a job that is under way goes on', async () => {
  const bucket = await aBucket(client);
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  async function* bytes() {
    yield Buffer.from('ab');
    begun.resolve();
    await gate.promise;
    yield Buffer.from('c');
  }
  const putting = client.s3.putObject({ bucket, key: 'a', body: { length: 3, bytes: bytes() } });
  await begun.promise;
  await expect.poll(() => context.nakedJobs.underWay.size).toBe(1);
  await dropNaked.work(context, never);
  gate.resolve();
  await putting;
  expect(context.nakedJobs.underWay.size).toBe(0);
  expect(await client.s3.headObject({ bucket, key: 'a' })).toMatchObject({ contentLength: 3 });
});
