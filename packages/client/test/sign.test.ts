import { readClaim, requestHeaders, verifyClaim } from '@nacre/model/signing';
import { expect, test } from 'vitest';
import { clientOf, fakeSystem, stillClock } from './support/fake-system.ts';

const newYear = { ...stillClock(), now: () => new Date('2026-01-01T00:00:00Z') };

test('version 2 signs checksum, metadata and the path as it is sent', async () => {
  const system = await fakeSystem((_, response) => void response.end());
  const client = clientOf(system, { accessKey: 'YWxpY2U=', secretKey: 'key', clock: newYear });
  await client.s3.putObject({
    bucket: 'b1',
    key: 'o 1',
    contentMd5: 'rCu751L6xhB5zyL+soa3fg==',
    metadata: { name: 'v' },
    body: '123456789',
  });
  expect(system.received[0]?.target).toBe('/b1/o%201');
  // HMAC-SHA1 of "PUT\nrCu751L6xhB5zyL+soa3fg==\n\nThu, 01 Jan 2026 00:00:00 +0000\nx-amz-meta-name:v\n/b1/o%201" and "key".
  expect(system.received[0]?.headers).toMatchObject({
    authorization: 'AWS YWxpY2U=:FS/XHfbAOD07nAvuLQ4zidsKfX0=',
    date: 'Thu, 01 Jan 2026 00:00:00 +0000',
    'content-length': '9',
    'user-agent': 'nacre',
    host: system.endpoint,
  });
});

test.each(['v2', 'v4'] as const)('what is signed with %s is found to be signed so', async (signature) => {
  const system = await fakeSystem((_, response) => void response.end());
  const client = clientOf(system, { signature, secretKey: 'geheim', clock: newYear });
  await client.s3.headObject({ bucket: 'b', key: "ä/!'()*+ %.txt", versionId: '0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10' });
  await client.s3.putObject({
    bucket: 'b',
    key: 'k',
    job: '0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10',
    offset: 0,
    body: 'abc',
    metadata: { B: '1', a: '2' },
  });
  await client.s3.deleteObjects({ bucket: 'b', body: { objects: [{ key: 'x' }] } }).catch(() => {});
  expect(system.received).toHaveLength(3);
  for (const { method, target, rawHeaders, body } of system.received) {
    const request = { method, rawTarget: target, headers: requestHeaders(rawHeaders), hasBody: body.length > 0 };
    const claim = readClaim(request);
    expect(claim).toMatchObject({ scheme: signature.toUpperCase(), accessKey: 'YWxpY2U=' });
    if (claim) expect(() => verifyClaim(claim, request, 'geheim', newYear.now())).not.toThrow();
    if (claim) expect(() => verifyClaim(claim, request, 'Geheim', newYear.now())).toThrow('signature');
  }
});

test('each attempt has a date of its own', async () => {
  const system = await fakeSystem((_, response) => {
    if (system.received.length === 1) response.writeHead(503, { 'Retry-After': '60' }).end();
    else response.writeHead(204).end();
  });
  await clientOf(system).ds3.cancelJob({ id: 'x' });
  expect(system.received.map(({ headers }) => headers.date)).toEqual([
    'Sun, 22 Nov 2026 09:15:00 +0000',
    'Sun, 22 Nov 2026 09:16:00 +0000',
  ]);
});
