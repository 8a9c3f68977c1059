import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test, vi } from 'vitest';
import { startTestServer } from '../support/server.ts';
import { aPutJob, jobReaches, sendBlobs, withCode } from '../support/things.ts';

const { client } = await startTestServer({ env: { NACRE_NOTIFICATION_NETWORKS: '127.0.0.0/8' } });

interface Told {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

const told: Told[] = [];
let status = 200;
const listener = createServer(async (request: IncomingMessage, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  told.push({
    method: request.method ?? '',
    path: request.url ?? '',
    type: request.headers['content-type'] ?? '',
    body,
  });
  response.writeHead(status).end();
});
await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
afterAll(() => listener.close());
const here = `127.0.0.1:${(listener.address() as AddressInfo).port}`;

function toldAt(path: string): Promise<Told> {
  return vi.waitFor(
    () => {
      const found = told.find((one) => one.path === path);
      expect(found).toBeDefined();
      return found as Told;
    },
    { timeout: 15_000, interval: 50 },
  );
}

test('a registration is made, found, listed and ended; its end point may lack a scheme', async () => {
  const made = await client.ds3.putTapeFailureNotificationRegistration({ notificationEndPoint: '192.0.2.1/other' });
  expect(made).toMatchObject({
    format: 'DEFAULT',
    lastFailure: null,
    lastHttpResponseCode: null,
    namingConvention: 'CAMEL_CASE_WITH_FIRST_LETTER_UPPERCASE',
    notificationEndPoint: '192.0.2.1/other',
    notificationHttpMethod: 'POST',
    numberOfFailuresSinceLastSuccess: 0,
  });
  const { id } = made;
  expect(await client.ds3.getTapeFailureNotificationRegistration({ id })).toMatchObject({ id });
  expect((await client.ds3.getTapeFailureNotificationRegistrations()).items.map((one) => one.id)).toContain(id);
  await expect(client.ds3.getPoolFailureNotificationRegistration({ id })).rejects.toThrow(withCode('NotFound'));
  await client.ds3.deleteTapeFailureNotificationRegistration({ id });
  await expect(client.ds3.getTapeFailureNotificationRegistration({ id })).rejects.toThrow(withCode('NotFound'));
});

test('a job tells that it was made, what it received and made permanent, and that it completed', async () => {
  const at = (path: string) => ({ notificationEndPoint: `http://${here}/${path}` });
  await client.ds3.putJobCreatedNotificationRegistration({
    ...at('created'),
    format: 'JSON',
    namingConvention: 'UNDERSCORED',
  });
  await client.ds3.putObjectCachedNotificationRegistration(at('cached'));
  await client.ds3.putObjectPersistedNotificationRegistration({ ...at('persisted'), namingConvention: 'CONSTANT' });
  await client.ds3.putJobCompletedNotificationRegistration({ ...at('completed'), notificationHttpMethod: 'PUT' });
  const made = await aPutJob(client, [{ name: 'a', size: 3 }]);
  await sendBlobs(client, made);
  const { jobId } = made.job;
  await jobReaches(client, jobId, 'COMPLETED');

  expect(JSON.parse((await toldAt('/created')).body)).toMatchObject({ job_id: jobId });
  const cached = await toldAt('/cached');
  expect(cached).toMatchObject({ method: 'POST', type: 'text/xml;charset=UTF-8' });
  expect(cached.body).toMatch(
    new RegExp(
      `^<Data><JobId>${jobId}</JobId><NotificationGenerationDate>[^<]+</NotificationGenerationDate><Objects><Object Bucket="${made.bucket}" .* Name="a" `,
    ),
  );
  expect((await toldAt('/persisted')).body).toContain(`<JOB_ID>${jobId}</JOB_ID>`);
  const completed = await toldAt('/completed');
  expect(completed.method).toBe('PUT');
  expect(completed.body).toContain('<CancelOccurred>false</CancelOccurred>');
  // It is noted once the listener has answered.
  await vi.waitFor(async () => {
    const [registration] = (await client.ds3.getJobCompletedNotificationRegistrations()).items;
    expect(registration).toMatchObject({
      lastHttpResponseCode: 200,
      lastFailure: null,
      numberOfFailuresSinceLastSuccess: 0,
    });
  });
  for (const { id } of (await client.ds3.getJobCompletedNotificationRegistrations()).items) {
    await client.ds3.deleteJobCompletedNotificationRegistration({ id });
  }
});

test('a cancelled job names the blobs that were lost, to who asked about that job', async () => {
  const made = await aPutJob(client, [{ name: 'a', size: 3 }]);
  const other = await aPutJob(client, [{ name: 'b', size: 3 }]);
  const registration = { jobId: made.job.jobId, format: 'JSON' as const, notificationEndPoint: `${here}/cancelled` };
  await client.ds3.putJobCompletedNotificationRegistration(registration);
  await client.ds3.cancelJob({ id: other.job.jobId });
  await client.ds3.cancelJob({ id: made.job.jobId });
  const { body } = await toldAt('/cancelled');
  expect(JSON.parse(body)).toMatchObject({
    JobId: made.job.jobId,
    CancelOccurred: true,
    ObjectsNotPersisted: [{ Name: 'a', Length: 3, Offset: 0, Bucket: made.bucket }],
  });
  expect(told.filter(({ path }) => path === '/cancelled')).toHaveLength(1);
});

test('changes to a bucket are told by their numbers in its history, each once', async () => {
  const made = await aPutJob(client, [{ name: 'a', size: 3 }]);
  const { id } = await client.ds3.putBucketChangesNotificationRegistration({
    bucketId: made.bucket,
    format: 'JSON',
    notificationEndPoint: `${here}/changes`,
  });
  const numbersTold = () =>
    told
      .filter(({ path }) => path === '/changes')
      .flatMap(({ body }) => (JSON.parse(body) as { Changes: { SequenceNumber: number }[] }).Changes)
      .map(({ SequenceNumber }) => SequenceNumber);
  const numbersKept = async () =>
    (await client.ds3.getBucketHistory({ bucketId: made.bucket })).items.map(({ sequenceNumber }) => sequenceNumber);
  const allTold = () =>
    vi.waitFor(async () => expect(numbersTold()).toEqual(await numbersKept()), { timeout: 15_000, interval: 50 });
  await sendBlobs(client, made);
  await allTold();
  await jobReaches(client, made.job.jobId, 'COMPLETED');
  await client.s3.deleteObject({ bucket: made.bucket, key: 'a' });
  expect(await numbersKept()).toHaveLength(3);
  await allTold();
  await client.ds3.deleteBucketChangesNotificationRegistration({ id });
});

test('an end point that fails is tried again, and the registration says why', async () => {
  status = 500;
  const { id } = await client.ds3.putJobCreatedNotificationRegistration({ notificationEndPoint: `${here}/failing` });
  await aPutJob(client, [{ name: 'a', size: 3 }]);
  await vi.waitFor(
    async () => {
      expect(told.filter(({ path }) => path === '/failing').length).toBeGreaterThan(1);
      expect(await client.ds3.getJobCreatedNotificationRegistration({ id })).toMatchObject({
        lastHttpResponseCode: 500,
        lastFailure: 'the end point answered 500',
      });
    },
    { timeout: 20_000, interval: 100 },
  );
  status = 200;
  await client.ds3.deleteJobCreatedNotificationRegistration({ id });
});

test('notifications go to no address that is not allowed, and no job fails for it', async () => {
  const endPoints = ['10.1.2.3:80/x', 'http://[::1]:1/', 'http://169.254.169.254/latest', 'gopher://x', 'http://'];
  const made = await Promise.all(
    endPoints.map((notificationEndPoint) => client.ds3.putJobCreatedNotificationRegistration({ notificationEndPoint })),
  );
  await aPutJob(client, [{ name: 'a', size: 3 }]);
  for (const { id } of made) {
    await vi.waitFor(
      async () => {
        const { lastFailure } = await client.ds3.getJobCreatedNotificationRegistration({ id });
        expect(lastFailure).toMatch(/may not go to|not an http/);
      },
      { timeout: 15_000, interval: 100 },
    );
    await client.ds3.deleteJobCreatedNotificationRegistration({ id });
  }
});

test('registrations with an unknown job, without an end point, or of an unknown id are refused', async () => {
  const { putJobCompletedNotificationRegistration: register } = client.ds3;
  await expect(register({ notificationEndPoint: here, jobId: randomUUID() })).rejects.toThrow(withCode('NotFound'));
  await expect(register({ notificationEndPoint: ' ' })).rejects.toThrow(withCode('InvalidArgument'));
  await expect(client.ds3.deleteJobCompletedNotificationRegistration({ id: 'x' })).rejects.toThrow(
    withCode('NotFound'),
  );
});
