// What no operation may fall for, asked of each that is served: who did not sign, numbers and texts that are none, and
// documents that are not what they should be. Nothing is made of it, and the server is as well as before.
import { bool, byteCount, canonicalName, double, instant, int, long, type Param, requestOf, uuid } from '@nacre/model';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { handlers } from '../../src/handlers/index.ts';
import { errorOf, type OddRequest, oddRequest } from '../support/odd-request.ts';
import type { RawAnswer } from '../support/raw-request.ts';
import { accessKey, secretKey, startTestServer } from '../support/server.ts';
import { neededOf, type Row, rows } from '../support/smallest-requests.ts';
import { aBucket, aPutJob } from '../support/things.ts';

const { client, endpoint } = await startTestServer({ env: { NACRE_MAX_DOCUMENT_SIZE: '1MiB' } });
const bucket = await aBucket(client);
const { job } = await aPutJob(client, [{ name: 'a', size: 9 }], { bucket });

const served = rows.filter(({ plane, name }) => name in handlers[plane]);
const byName = (those: readonly Row[]) => those.map((row) => [`${row.plane}.${row.name}`, row] as const);
const withBody = served.filter(({ operation: { body } }) => body.kind !== 'none');
const withDocument = withBody.filter(({ operation: { body } }) => body.kind !== 'bytes');

/** The smallest request of an operation, on a bucket that is there where it is on one. */
function requestFor({ plane, operation }: Row): { readonly method: string; readonly target: string } {
  const { path } = operation;
  const needed = { ...neededOf(operation), ...('bucketId' in operation.query ? { bucketId: bucket } : {}) };
  const on =
    path.plane === 's3' ? (path.bucket ? { bucket } : {}) : path.resource === 'bucket' && path.id ? { id: bucket } : {};
  const { method, rawTarget } = requestOf(plane, operation as never, { ...needed, ...on } as never);
  return { method, target: rawTarget };
}

let sent = 0;

/** The status of an error; the answer to a HEAD has no room for more. */
async function statusOf(ask: OddRequest): Promise<number> {
  sent += 1;
  const answer: RawAnswer = await oddRequest(endpoint, ask);
  if (ask.method === 'HEAD') expect(answer.body).toBe('');
  else errorOf(answer);
  return answer.status;
}

/** All that hostile requests could have changed. */
async function everything() {
  const { ds3, s3 } = client;
  const [buckets, users, groups, policies, acls, jobs] = await Promise.all([
    ds3.getBuckets(),
    ds3.getUsers(),
    ds3.getGroups(),
    ds3.getDataPolicies(),
    ds3.getBucketAcls({}),
    ds3.getJobs({ fullDetails: true }),
  ]);
  const lists = [buckets, users, groups, policies, acls].map(({ items }) => items);
  const objects = (await s3.getBucket({ bucket })).contents;
  const uploads = (await s3.listMultiPartUploads({ bucket })).uploads;
  // An object without a job has one of its own, which is cancelled when it fails.
  const left = jobs.jobs.filter(({ status }) => status !== 'CANCELED');
  return { lists, objects, uploads, jobs: left.map(({ jobId, status }) => [jobId, status]) };
}
const before = await everything();

afterAll(async () => {
  expect((await fetch(`${endpoint}/_nacre/health/ready`)).status).toBe(200);
  // Who went away in the middle may be noticed a little later.
  await vi.waitFor(async () => expect(await everything()).toEqual(before), { timeout: 15_000, interval: 100 });
  expect(await client.ds3.getJob({ id: job.jobId })).toMatchObject({ status: 'IN_PROGRESS', cachedSizeInBytes: 0 });
  console.log(`${sent} hostile requests to ${served.length} operations`);
});

describe('who did not sign as somebody is refused by', () => {
  const now = Date.now();
  const strangers: Readonly<Record<string, Partial<OddRequest>>> = {
    'nobody signed': { keys: null },
    'signed with another secret': { keys: { accessKey, secretKey: 'wrong' } },
    'signed by nobody known': { keys: { accessKey: 'bm9ib2R5', secretKey } },
    '20 minutes old': { date: new Date(now - 1_200_000) },
    '20 minutes ahead': { date: new Date(now + 1_200_000) },
  };

  test.each(byName(served))('%s', async (_, row) => {
    const answers = await Promise.all(
      Object.entries(strangers).map(async ([who, how]) => [who, await statusOf({ ...requestFor(row), ...how })]),
    );
    expect(answers).toEqual(Object.keys(strangers).map((who) => [who, 403]));
  });
});

describe('a target that is no text is refused by', () => {
  test.each(byName(served))('%s', async (_, row) => {
    const { method, target } = requestFor(row);
    const glue = target.includes('?') ? '&' : '?';
    const [path = '', query] = target.split('?');
    const rest = query === undefined ? '' : `?${query}`;
    for (const odd of [`${path}%00${rest}`, `${path}%ff${rest}`, `${path}%zz${rest}`, `${target}${glue}x=%c3%28`]) {
      expect([odd, await statusOf({ method, target: odd })]).toEqual([odd, 400]);
    }
  });
});

describe('values that are none are refused by', () => {
  const integers = ['99999999999999999999', '-99999999999999999999', '9'.repeat(400), '1.5', 'NaN', '1e3', '0x10'];
  const odd = new Map<unknown, readonly string[]>([
    [int, [...integers, '2147483648']],
    [long, integers],
    [byteCount, [...integers, '-1']],
    [double, ['1e999', 'NaN', '-Infinity', 'many']],
    [bool, ['maybe', '2', '-1']],
    [instant, ['yesterday', '99999999999999999999', '-1']],
    [uuid, ['nonsense', '..%2f..%2fetc', '1']],
  ]);
  const noChoice = ['RUBBISH', '%01', '-1'];

  function oddValues({ of }: Param): readonly string[] {
    return of?.values === undefined ? (odd.get(of) ?? []) : noChoice;
  }

  const asked = served.flatMap((row) =>
    Object.entries<Param>(row.operation.query).flatMap(([key, param]) =>
      oddValues(param).length === 0 ? [] : [[`${row.plane}.${row.name} of ${key}`, row, key, param] as const],
    ),
  );

  test.each(asked)('%s', async (_, row, key, param) => {
    const { method, target } = requestFor(row);
    const [path, query = ''] = target.split('?');
    const name = param.wireName ?? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const others = query.split('&').filter((field) => {
      const [written = ''] = field.split('=');
      return written !== '' && canonicalName(written) !== canonicalName(name);
    });
    for (const value of oddValues(param)) {
      const asking = `${path}?${[...others, `${name}=${value}`].join('&')}`;
      expect([asking, await statusOf({ method, target: asking })]).toEqual([asking, 400]);
    }
  });
});

describe('a document that is none is refused by', () => {
  const documents: Readonly<Record<string, string | Buffer>> = {
    'not XML': 'hello',
    'a DOCTYPE': '<!DOCTYPE Objects><Objects><Object Name="x" Size="1"/></Objects>',
    'an entity bomb':
      '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><Objects><Object Name="&c;" Size="1"/></Objects>',
    'the wrong root': '<Things><Object Name="x" Size="1"/></Things>',
    'no end': '<Objects><Object Name="x" Size="1"/>',
    'a NUL': '<Objects><Object Name="&#0;" Size="1"/></Objects>',
    'invalid UTF-8': Buffer.from('<Objects><Object Name="\xff\xfe" Size="1"/></Objects>', 'latin1'),
    'too deep': '<a>'.repeat(10_000),
    'more than the limit': Buffer.alloc(1024 * 1024 + 1, 'x'),
  };

  test.each(byName(withDocument))('%s', async (_, row) => {
    const answers: [string, number][] = [];
    for (const [what, body] of Object.entries(documents)) {
      answers.push([what, await statusOf({ ...requestFor(row), body })]);
    }
    expect(answers).toEqual(Object.keys(documents).map((what) => [what, 400]));
  });

  test.each(byName(withDocument))('%s, when it is 50 MB of junk, before it is taken in', async (_, row) => {
    const junk = { body: Buffer.alloc(64 * 1024, 'x'), length: 50_000_000 };
    expect(await statusOf({ ...requestFor(row), ...junk })).toBe(400);
  });
});

describe('bytes that are not what was said are refused by', () => {
  const wrong: Readonly<Record<string, Partial<OddRequest>>> = {
    'no length': { length: null },
    'a length that is negative': { headers: { 'Content-Length': '-1' }, length: null },
    'a length that is huge': { headers: { 'Content-Length': '9'.repeat(30) }, length: null },
    'another MD5': { body: '123456789', headers: { 'Content-MD5': '1B2M2Y8AsgTpgAmY7PhCfg==' } },
    'a checksum that is none': { body: '123456789', headers: { 'Content-MD5': 'nonsense' } },
    'another CRC-32C': { body: '123456789', headers: { 'Content-CRC32C': 'AAAAAA==' } },
  };
  const targets = {
    'an object': `/${bucket}/b`,
    'a blob of a job': `/${bucket}/a?job=${job.jobId}&offset=0`,
    'a part of no upload': `/${bucket}/b?partNumber=1&uploadId=00000000-0000-4000-8000-000000000000`,
  };

  test.each(Object.entries(targets))('%s', async (_, target) => {
    for (const [what, how] of Object.entries(wrong)) {
      const answer = await oddRequest(endpoint, { method: 'PUT', target, ...how });
      sent += 1;
      expect([what, answer.status]).toEqual([what, expect.toSatisfy((status) => status >= 400 && status < 500)]);
    }
  });

  test.each(Object.entries(targets))('%s, of fewer bytes than were said', async (_, target) => {
    const short = { method: 'PUT', target, body: '12345', length: 9, end: true };
    const answer = await oddRequest(endpoint, short).catch(() => undefined);
    if (answer) expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});
